"""Where accounts get their access tokens, as the operator configured it. Pure."""

from __future__ import annotations

from dataclasses import fields

from credentials import issuers as issuing
from credentials.issuers import Issuer, Issuers
from gateway.config import Config
from gateway.providers import OAuthConfig


def issuers(config: Config) -> Issuers:
    """Where the accounts of Google and of the registered providers get their tokens."""
    google = issuing.google(
        config.oauth_proxy_url,
        config.google_oauth_client_id,
        config.google_oauth_client_secret,
        accounts=config.google_accounts_url,
        apis=config.googleapis_proxy_url,
        redirect_uri=config.google_oauth_redirect_uri,
    )
    registered = {
        each.name: _issuer(each.oauth) for each in config.providers if each.oauth is not None
    }
    return Issuers(google=google, providers=registered)


def _issuer(oauth: OAuthConfig) -> Issuer:
    return Issuer(**{each.name: getattr(oauth, each.name) for each in fields(oauth)})
