"""`manage.py importcredentials`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from credentials.models import Credential
from tests.credentials.fakes import VAULT

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
    assert "account.json: This is a service account" in printed
    assert "absent.txt: No such file" in printed
    assert "keys.txt: 1 added" in printed
    assert "planted" not in printed


def test_nothing_imported_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(tmp_path / "absent.txt")
    assert caught.value.returncode == 1


def test_a_file_comes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    bad = write(tmp_path, "keys.json", '["planted-0001", "with space"]')
    with pytest.raises(CommandError):
        run(bad)
    assert not Credential.objects.exists()


def test_gemini_keys_do_not_go_to_another_provider(tmp_path: Path) -> None:
    keys = write(tmp_path, ".env", "GEMINI_API_KEYS=planted-0001")
    with pytest.raises(CommandError):
        run(keys, "--provider", "groq")
    assert not Credential.objects.exists()
