"""What an operator writes about OAuth, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.issuers import GOOGLE_SCOPES, Auth, Issuer, Risk
from gateway import issuing
from gateway.config import load
from gateway.providers import parse
from gateway.setting import ConfigError

OAUTH: dict[str, Any] = {"token_url": "https://login.acme.test/o/token/", "client_id": "ours"}


def entry(**oauth: Any) -> dict[str, Any]:
    return {"name": "acme", "base_url": "https://acme.test/v1", "oauth": OAUTH | oauth}


def issuer(**oauth: Any) -> Issuer:
    return issuing.issuers(load({}, {}, {"providers": [entry(**oauth)]})).providers["acme"]


def test_a_whole_table_becomes_an_issuer() -> None:
    known = {
        "client_secret": "planted-secret",
        "authorize_url": "https://acme.test/authorize",
        "device_url": "https://acme.test/device",
        "revoke_url": "https://acme.test/revoke/",
        "userinfo_url": "https://acme.test/me",
        "redirect_uri": "http://localhost:8085/",
        "issuer": "https://acme.test/",
        "parameters": {"audience": "models"},
        "pkce": False,
    }
    found = issuer(**known, scopes="openid models openid", auth="basic", risk="official")
    assert {name: getattr(found, name) for name in known} == known
    assert found.scopes == ("openid", "models")
    assert (found.auth, found.risk) == (Auth.BASIC, Risk.OFFICIAL)
    assert found.token_url == OAUTH["token_url"]
    assert "planted" not in repr(found) + repr(parse([entry(**known)]))


def test_what_is_not_said_is_safe() -> None:
    found = issuer()
    assert (found.pkce, found.auth, found.risk) == (True, Auth.POST, Risk.CONSUMER)
    assert (found.authorize_url, found.scopes, found.redirect_uri) == ("", (), "")


@pytest.mark.parametrize(
    ("oauth", "sentence"),
    [
        ({"token_url": ""}, "needs a token_url"),
        ({"client_id": ""}, "needs a token_url and a client_id"),
        ({"client_id": ["planted"]}, "must be printable text"),
        ({"client_secret": "planted\n"}, "must be printable text"),
        ({"authorise_url": "https://a.test"}, "Did you mean 'authorize_url'"),
        ({"authorize_url": "javascript:alert(1)"}, "authorize_url must be an http"),
        ({"revoke_url": "https://planted@a.test"}, "revoke_url must be an http"),
        ({"device_url": 7}, "device_url must be an http"),
        ({"redirect_uri": "https://a.test/?next=b"}, "redirect_uri must be an http"),
        ({"scopes": "planted scope\u4e2d"}, "scopes must be a list of words"),
        ({"scopes": ["a b"]}, "scopes must be a list of words"),
        ({"scopes": 7}, "scopes must be a list of words"),
        ({"pkce": "perhaps"}, "pkce must be true or false"),
        ({"auth": "mtls"}, "auth must be one of post, basic"),
        ({"risk": "none"}, "risk must be one of official, consumer"),
        ({"parameters": {"a": 1}}, "parameters must be a table of texts"),
        ({"parameters": []}, "parameters must be a table of texts"),
        ({"parameters": {"state": "x"}}, "must not have 'state'"),
        ({"parameters": {"redirect_uri": "https://evil.test"}}, "must not have 'redirect_uri'"),
    ],
)
def test_it_says_what_is_wrong_and_where(oauth: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        parse([entry(**oauth)])
    assert str(caught.value).startswith("providers[0] (acme).oauth")
    assert "planted" not in str(caught.value)


def test_it_must_be_a_table() -> None:
    with pytest.raises(ConfigError, match="oauth must be a table"):
        parse([entry() | {"oauth": "https://a.test"}])


def test_only_google_is_google() -> None:
    with pytest.raises(ConfigError, match=r"providers\[0\] \(google\).oauth"):
        parse([entry() | {"name": "google"}])
    assert parse([{"name": "google", "base_url": "https://a.test"}])[0].oauth is None


def test_google_is_where_it_always_is() -> None:
    found = issuing.issuers(load({"GOOGLE_OAUTH_CLIENT_ID": "ours"}, {}, {})).named("google")
    assert found is not None
    assert found.authorize_url == "https://accounts.google.com/o/oauth2/v2/auth"
    assert found.token_url == "https://oauth2.googleapis.com/token"
    assert found.revoke_url == "https://oauth2.googleapis.com/revoke"
    assert found.userinfo_url == "https://www.googleapis.com/oauth2/v2/userinfo"
    assert found.parameters == {"access_type": "offline", "prompt": "consent"}
    assert (found.scopes, found.risk) == (GOOGLE_SCOPES, Risk.CONSUMER)


def test_google_s_hosts_are_replaceable() -> None:
    environ = {
        "OAUTH_PROXY_URL": "https://a.test",
        "GOOGLEAPIS_PROXY_URL": "https://b.test",
        "GOOGLE_ACCOUNTS_URL": "https://c.test",
        "GOOGLE_OAUTH_REDIRECT_URI": "http://localhost:8085/callback",
    }
    issuers = issuing.issuers(load(environ, {}, {}))
    found = issuers.google
    assert (found.token_url, found.revoke_url) == ("https://a.test/token", "https://a.test/revoke")
    assert found.userinfo_url.startswith("https://b.test/")
    assert found.authorize_url.startswith("https://c.test/")
    assert found.redirect_uri == "http://localhost:8085/callback"
    assert issuers.named("google") is None
