"""Every kind of account file, as its program writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials import documents
from credentials.documents import OAuthAccount, ServiceAccount
from credentials.kinds import Kind
from tests.credentials.fakes import NOW, pem, person, robot

SECONDS = int(NOW.timestamp())
GEMINI_CLI = {
    "access_token": "planted-access",
    "refresh_token": "planted-refresh",
    "scope": "https://www.googleapis.com/auth/cloud-platform openid",
    "token_type": "Bearer",
    "id_token": "planted.id.token",
    "expiry_date": SECONDS * 1000,
}
GATEWAY = {
    "client_id": "planted-client",
    "client_secret": "planted-secret",
    "token": "planted-access",
    "refresh_token": "planted-refresh",
    "scopes": ["a", "b"],
    "token_uri": documents.GOOGLE,
    "project_id": "my-project",
    "expiry": "2026-07-01T12:00:00Z",
}
GCLOUD = {
    "type": "authorized_user",
    "client_id": "planted-client",
    "client_secret": "planted-secret",
    "refresh_token": "planted-refresh",
}
NESTED = {
    "token": {
        "access_token": "planted-access",
        "refresh_token": "planted-refresh",
        "token_type": "Bearer",
        "expiry": "2026-07-01T20:00:00.123456789+08:00",
        "token_uri": documents.GOOGLE,
        "client_id": "planted-client",
        "scopes": ["a", "b"],
    },
    "project_id": "my-project",
    "email": "a@example.org",
    "type": "gemini",
}


def robot_file(**changes: Any) -> dict[str, Any]:
    return {
        "type": "service_account",
        "project_id": "my-project",
        "private_key_id": "planted-id",
        "private_key": pem(),
        "client_email": "robot@p.iam.gserviceaccount.com",
        "client_id": "1234",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": documents.GOOGLE,
        "universe_domain": "googleapis.com",
        **changes,
    }


def parsed(data: dict[str, Any]) -> OAuthAccount:
    found = documents.parse(data)
    assert isinstance(found, OAuthAccount)
    return found


def test_gemini_cli() -> None:
    assert parsed(GEMINI_CLI) == OAuthAccount(
        refresh_token="planted-refresh",
        access_token="planted-access",
        scopes=("https://www.googleapis.com/auth/cloud-platform", "openid"),
        expires_at=NOW,
    )


def test_another_gateway() -> None:
    assert parsed(GATEWAY) == OAuthAccount(
        refresh_token="planted-refresh",
        client_id="planted-client",
        client_secret="planted-secret",
        access_token="planted-access",
        scopes=("a", "b"),
        expires_at=NOW,
        project="my-project",
    )


def test_gcloud() -> None:
    assert parsed(GCLOUD) == OAuthAccount(
        refresh_token="planted-refresh",
        client_id="planted-client",
        client_secret="planted-secret",
    )


def test_tokens_in_an_object_of_their_own() -> None:
    assert parsed(NESTED) == OAuthAccount(
        refresh_token="planted-refresh",
        client_id="planted-client",
        access_token="planted-access",
        scopes=("a", "b"),
        expires_at=NOW.replace(microsecond=123456),
        project="my-project",
        email="a@example.org",
    )


def test_a_service_account() -> None:
    assert documents.parse(robot_file()) == robot()


def test_a_key_that_an_environment_variable_flattened() -> None:
    flat = robot_file(private_key=pem().replace("\n", "\\n"))
    assert documents.parse(flat) == robot()


@pytest.mark.parametrize(
    ("expiry", "moment"),
    [
        ("2026-07-01T12:00:00", NOW),
        ("2026-07-01T14:00:00+02:00", NOW),
        ("2026-07-01T12:00:00.5Z", NOW.replace(microsecond=500_000)),
        (SECONDS, NOW),
        (1e300, None),
        ("tomorrow", None),
        (["x"], None),
    ],
)
def test_the_times_that_programs_write(expiry: object, moment: datetime | None) -> None:
    assert parsed({**GATEWAY, "expiry": expiry}).expires_at == moment


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v4/token",
    ],
)
def test_google_s_own_address_is_left_to_the_configuration(url: str) -> None:
    assert parsed({**GATEWAY, "token_uri": url}).token_uri == ""


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"refresh_token": ""}, "no refresh_token"),
        ({"refresh_token": 7}, "not a text"),
        ({"refresh_token": "planted refresh"}, "refresh_token"),
        ({"access_token": "planted\r\nx-evil: 1"}, "access_token"),
        ({"token_uri": "http://oauth2.googleapis.com/token"}, "https"),
        ({"token_uri": "https://user@evil.example/token"}, "https"),
        ({"type": "external_account"}, "type"),
        ({"universe_domain": "planted.example"}, "another cloud"),
        (robot_file(private_key="planted"), "PEM"),
        (robot_file(private_key=""), "private_key"),
        (robot_file(client_email="planted space"), "client_email"),
    ],
)
def test_what_is_refused_and_not_quoted(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        documents.parse({**GATEWAY, **changes})
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("document", [robot(), parsed(GATEWAY), person(email="a@b", lineage="x")])
def test_what_is_sealed_is_read_again(document: documents.Document) -> None:
    assert documents.loads(documents.dumps(document)) == document


def test_our_own_form_can_be_imported() -> None:
    ours = {
        "type": "oauth",
        "refresh_token": "planted",
        "provider": "acme",
        "expires_at": "2026-07-01T12:00:00Z",
    }
    found = parsed(ours)
    assert (found.provider, found.expires_at) == ("acme", NOW)


@pytest.mark.parametrize("text", ["planted", '{"type":"oauth","planted":1}', "{}"])
def test_a_damaged_one_is_not_quoted(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        documents.loads(text)
    assert "planted" not in str(caught.value)


def test_it_is_known_again_by_what_does_not_change() -> None:
    mark = documents.fingerprint_text
    assert mark(parsed(GEMINI_CLI)) == mark(parsed({**GEMINI_CLI, "access_token": "other"}))
    assert mark(person("a")) != mark(person("b"))
    assert mark(robot()) != mark(robot("other@p.iam.gserviceaccount.com"))
    assert "planted" not in mark(person())


def test_a_rotated_one_is_known_again_too() -> None:
    first = person()
    second = documents.renewed(first, "access-2", NOW, "refresh-2")
    third = documents.renewed(second, "access-3", NOW, "refresh-3")
    assert (third.refresh_token, third.access_token, third.expires_at) == (
        "refresh-3",
        "access-3",
        NOW,
    )
    marks = {documents.fingerprint_text(each) for each in (first, second, third)}
    assert len(marks) == 1
    assert documents.renewed(first, "access", NOW).lineage == ""


def test_each_belongs_to_a_kind() -> None:
    kinds = [documents.kind(each) for each in (robot(), person(), person(provider="acme"))]
    assert kinds == [Kind.VERTEX, Kind.CODE_ASSIST, Kind.PROVIDER_OAUTH]


@pytest.mark.parametrize("document", [robot(), person(access_token="planted-access")])
def test_nothing_shows_a_secret(document: ServiceAccount | OAuthAccount) -> None:
    shown = f"{document!r} {document} {[document]}"
    assert "planted" not in shown
    assert "PRIVATE" not in shown


def test_a_moment_is_in_utc() -> None:
    moment = parsed({**GATEWAY, "expiry": "2026-07-01T14:00:00+02:00"}).expires_at
    assert moment is not None
    assert moment.tzinfo is UTC
