"""Where accounts get their access tokens, as the operator configured it. Pure."""

from __future__ import annotations

from credentials import issuers as issuing
from credentials.issuers import Issuer, Issuers
from gateway.config import Config


def issuers(config: Config) -> Issuers:
    """Where the accounts of Google and of the registered providers get their tokens."""
    google = issuing.google(
        config.oauth_proxy_url, config.google_oauth_client_id, config.google_oauth_client_secret
    )
    registered = {
        each.name: Issuer(
            token_url=each.oauth.token_url,
            client_id=each.oauth.client_id,
            client_secret=each.oauth.client_secret,
        )
        for each in config.providers
        if each.oauth is not None
    }
    return Issuers(google=google, providers=registered)
