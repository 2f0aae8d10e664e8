"""Accounts in environment variables."""

from __future__ import annotations

import base64
import json
import logging

import pytest

from credentials import envs, services
from credentials.envs import Variable
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.models import Credential
from credentials.services import Synced
from credentials.vault import Vault
from tests.credentials.fakes import VAULT, pem

pytestmark = pytest.mark.django_db

ISSUERS = Issuers()


def person(token: str) -> str:
    return json.dumps({"refresh_token": f"planted-{token}", "client_id": "c", "project_id": "p"})


def robot() -> str:
    said = {"type": "service_account", "client_email": "r@p", "private_key": pem()}
    return json.dumps(said)


ENVIRON = {
    "GCLI_CREDS_1": person("1"),
    "GCLI_CREDS_mine": base64.b64encode(person("2").encode()).decode(),
    "GOOGLE_CREDENTIALS": robot(),
    "GCLI_CREDS_EMPTY": " ",
    "GEMINI_API_KEYS": "planted-key",
    "PATH": "/usr/bin",
}


def load(environ: dict[str, str]) -> Synced:
    return envs.load(VAULT, ISSUERS, environ).synced


def live() -> list[str]:
    rows = Credential.objects.filter(enabled=True, deleted_at=None).order_by("provider", "pk")
    return [row.provider for row in rows]


def test_the_variables_that_are_set() -> None:
    assert envs.named(ENVIRON) == ["GCLI_CREDS_1", "GCLI_CREDS_mine", "GOOGLE_CREDENTIALS"]


def test_loading_twice_changes_nothing_the_second_time() -> None:
    assert load(ENVIRON) == Synced(added=3)
    assert load(ENVIRON) == Synced(kept=3)
    assert live() == ["code-assist", "code-assist", "vertex"]
    assert {row.source for row in Credential.objects.all()} == {Source.ENV}


def test_one_that_is_gone_is_disabled_and_comes_back() -> None:
    load(ENVIRON)
    less = {name: value for name, value in ENVIRON.items() if name != "GOOGLE_CREDENTIALS"}
    assert load(less) == Synced(disabled=1, kept=2)
    assert load({}) == Synced(disabled=2)
    assert live() == []
    assert load(ENVIRON) == Synced(enabled=3)


def test_what_a_person_disabled_stays_disabled() -> None:
    load(ENVIRON)
    services.disable(Credential.objects.filter(provider="vertex").values_list("pk", flat=True))
    assert load(ENVIRON) == Synced(kept=3)
    assert live() == ["code-assist", "code-assist"]


def test_keys_of_other_variables_are_left_alone() -> None:
    keys = {"kind": Kind.GEMINI_API, "secrets": ["planted-key"]}
    services.sync(VAULT, Source.ENV, "gemini", **keys)  # type: ignore[arg-type]
    load(ENVIRON)
    assert envs.clear() == 3
    assert load({}) == Synced()
    assert live() == ["gemini"]


def test_what_a_person_deleted_comes_back_only_after_clearing() -> None:
    load(ENVIRON)
    services.remove([Credential.objects.order_by("pk")[0].pk])
    assert load(ENVIRON).added == 0
    first = envs.status(VAULT, ISSUERS, ENVIRON).variables[0]
    assert (first.accounts, first.loaded) == (1, 0)
    assert first.error.startswith("It was deleted in the console")
    envs.clear()
    assert load(ENVIRON) == Synced(added=3)


def test_clearing_removes_the_secrets() -> None:
    load(ENVIRON)
    assert envs.clear() == 3
    assert {row.sealed for row in Credential.objects.all()} == {""}
    assert envs.status(VAULT, ISSUERS, ENVIRON).stored == 0


BROKEN = {
    "GCLI_CREDS_A": "planted",
    "GCLI_CREDS_B": '{"api_key": "planted"}',
    "GCLI_CREDS_C": '{"refresh_token": "planted"}',
    "GCLI_CREDS_D": '{"type": "codex", "refresh_token": "planted"}',
    "GCLI_CREDS_E": '{"refresh_token": "planted", "client_id": "c", "token_uri": "https://x/t"}',
    "GCLI_CREDS_F": "[]",
}
WHY = (
    "neither JSON nor",
    "use GEMINI_API_KEYS",
    "set GOOGLE_OAUTH_CLIENT_ID",
    "account of Codex",
    "is of a host",
    "no account",
)


def test_a_broken_one_says_why_and_does_not_stop_the_others() -> None:
    done = envs.load(VAULT, ISSUERS, {**ENVIRON, **BROKEN})
    assert done.synced == Synced(added=3)
    assert [each.name for each in done.broken] == list(BROKEN)
    for variable, why in zip(done.broken, WHY, strict=True):
        assert why in variable.error
    assert "planted" not in f"{done}"


def test_of_several_in_one_variable_the_good_ones_count() -> None:
    both = f'[{person("1")}, {{"refresh_token": "planted-x"}}]'
    (variable,) = envs.load(VAULT, ISSUERS, {"GCLI_CREDS_1": both}).broken
    assert (variable.accounts, bool(variable.error)) == (1, True)
    assert live() == ["code-assist"]


def test_the_status_before_and_after() -> None:
    environ = {**ENVIRON, "GCLI_CREDS_X": "planted"}
    before = envs.status(VAULT, ISSUERS, environ)
    assert (len(before.variables), before.loaded, before.stored) == (4, 0, 0)
    load(environ)
    after = envs.status(VAULT, ISSUERS, environ)
    assert (after.loaded, after.stored) == (3, 3)
    assert after.variables[0] == Variable("GCLI_CREDS_1", 1, 1)
    assert [each.name for each in after.broken] == ["GCLI_CREDS_X"]
    assert "planted" not in f"{after}"


def test_at_the_start_they_are_loaded_if_the_setting_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    environ = {**ENVIRON, "GCLI_CREDS_X": "planted"}
    envs.provide(VAULT, ISSUERS, environ, auto=False)
    assert live() == []
    with caplog.at_level(logging.WARNING):
        envs.provide(VAULT, ISSUERS, environ, auto=True)
    assert len(live()) == 3
    assert "GCLI_CREDS_X is not loaded: The value is neither" in caplog.text
    assert "planted" not in caplog.text


def test_the_process_s_own_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCLI_CREDS_TEST", person("own"))
    assert "GCLI_CREDS_TEST" in envs.named()
    assert envs.load(VAULT, ISSUERS).synced.added >= 1


def test_a_vault_with_another_key_finds_what_an_older_one_marked() -> None:
    load(ENVIRON)
    newer = Vault([b"YW5vdGhlciBrZXkgZm9yIHRlc3RzLCAzMiBieXRlcyE=", *_keys()])
    assert envs.load(newer, ISSUERS, ENVIRON).synced == Synced(kept=3)


def _keys() -> list[bytes]:
    return [b"b25seSBmb3IgdGVzdHMsIG5vdCBmb3Igc2VjcmV0cyE="]
