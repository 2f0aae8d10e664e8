"""`manage.py importcredentials`."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from credentials import issuers
from credentials.issuers import Issuer, Issuers
from credentials.models import Credential
from gateway import config
from tests.credentials.fakes import VAULT, pem
from tests.credentials.importers import FIXTURES

pytestmark = pytest.mark.django_db


def run(*args: object) -> str:
    """What the command printed, on both streams."""
    out = io.StringIO()
    call_command("importcredentials", *map(str, args), stdout=out, stderr=out)
    return out.getvalue()


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_it_imports_files_and_says_what_it_did(tmp_path: Path) -> None:
    keys = write(tmp_path, "keys.txt", "planted-0001\nplanted-0002")
    more = write(tmp_path, "more.json", '["planted-0002", "planted-0003"]')
    printed = run(keys, more)
    assert printed == f"{keys}: 2 added, 0 known already\n{more}: 1 added, 1 known already\n"
    rows = Credential.objects.order_by("pk")
    assert [(row.provider, row.kind, row.source) for row in rows] == [
        ("gemini", "gemini_api", "import")
    ] * 3
    assert VAULT.open(rows[0].sealed.encode()) == "planted-0001"


def test_it_imports_for_another_provider(tmp_path: Path) -> None:
    keys = write(tmp_path, "keys.txt", "planted-0001")
    run(keys, "--provider", "Groq", "--base-url", "https://api.example/v1")
    row = Credential.objects.get()
    assert (row.provider, row.kind) == ("groq", "openai_compatible")
    assert row.base_url == "https://api.example/v1"


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = write(tmp_path, "account.json", '{"type": "service_account", "private_key": "planted"}')
    good = write(tmp_path, "keys.txt", "planted-0001")
    printed = run(bad, tmp_path / "absent.txt", good)
    assert "account.json: The service account has no client_email" in printed
    assert "absent.txt: No such file" in printed
    assert "keys.txt: 1 added" in printed
    assert "planted" not in printed


def test_nothing_imported_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(tmp_path / "absent.txt")
    assert caught.value.returncode == 1


def test_a_bad_entry_is_told_and_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = write(tmp_path, "keys.json", '["planted-0001", "with space"]')
    printed = run(bad)
    assert f"{bad}: 1 added, 0 known already\n  Credential 2: A key has" in printed


def test_it_opens_zip_files(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("keys.txt", "planted-0001")
    assert run(path) == f"{path}/keys.txt: 1 added, 0 known already\n"


def test_it_proposes_what_the_configuration_file_needs(tmp_path: Path) -> None:
    printed = run(FIXTURES / "cliproxy.yaml")
    proposed = printed.partition("For the configuration file (POTLUCK_CONFIG):\n")[2]
    names = [each["name"] for each in tomllib.loads(proposed)["providers"]]
    assert names == ["upstream", "openrouter", "old"]
    assert "planted" not in printed


def test_it_proposes_nothing_that_is_configured(tmp_path: Path, settings: Settings) -> None:
    toml = {"providers": [{"name": "groq", "base_url": "https://api.example/v1"}]}
    settings.POTLUCK = config.load({}, {}, toml)
    keys = write(tmp_path, "keys.txt", "planted-0001")
    printed = run(keys, "--provider", "groq", "--base-url", "https://api.example/v1")
    assert printed == f"{keys}: 1 added, 0 known already\n"


def test_gemini_keys_do_not_go_to_another_provider(tmp_path: Path) -> None:
    keys = write(tmp_path, ".env", "GEMINI_API_KEYS=planted-0001")
    with pytest.raises(CommandError):
        run(keys, "--provider", "groq")
    assert not Credential.objects.exists()


CLI = {"access_token": "planted-a", "refresh_token": "planted-r", "expiry_date": 1}
WHOLE = {**CLI, "client_id": "planted-id", "client_secret": "planted-s", "project_id": "p"}


def test_account_files_go_where_they_belong(tmp_path: Path) -> None:
    robots = {"type": "service_account", "client_email": "r@p.example", "private_key": pem()}
    path = write(tmp_path, "accounts.json", json.dumps([robots, WHOLE]))
    assert "2 added" in run(path)
    assert "2 known" in run(path)
    rows = Credential.objects.order_by("pk")
    assert [(row.provider, row.kind) for row in rows] == [
        ("vertex", "vertex"),
        ("code-assist", "code_assist"),
    ]


def test_an_account_without_a_client_waits_for_the_operator_s(
    tmp_path: Path, settings: Settings
) -> None:
    path = write(tmp_path, "oauth_creds.json", json.dumps(CLI))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("importcredentials", str(path), stdout=out, stderr=out)
    assert "set GOOGLE_OAUTH_CLIENT_ID" in out.getvalue()
    assert "planted" not in out.getvalue()
    settings.POTLUCK_ISSUERS = Issuers(issuers.google("https://g.example", "id", "secret"))
    assert "1 added" in run(path)


def test_an_account_of_a_registered_provider(tmp_path: Path, settings: Settings) -> None:
    acme = Issuer(token_url="https://acme.example/token", client_id="id")
    settings.POTLUCK_ISSUERS = Issuers(providers={"acme": acme})
    path = write(tmp_path, "account.json", json.dumps({"refresh_token": "planted-r"}))
    run(path, "--provider", "Acme")
    row = Credential.objects.get()
    assert (row.provider, row.kind) == ("acme", "provider_oauth")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({**WHOLE, "token_uri": "https://evil.example/t"}, id="a foreign token host"),
        pytest.param({"type": "oauth", "provider": "acme", **CLI, **WHOLE}, id="another provider"),
    ],
)
def test_what_would_send_a_secret_elsewhere_stays_out(tmp_path: Path, data: Any) -> None:
    with pytest.raises(CommandError):
        run(write(tmp_path, "account.json", json.dumps({**data, "type": "oauth"})))
    assert not Credential.objects.exists()


def test_an_account_is_no_gemini_key(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(write(tmp_path, "a.json", json.dumps(WHOLE)), "--provider", "gemini")
    assert not Credential.objects.exists()
