"""`manage.py exportcredentials`."""

from __future__ import annotations

import io
import logging
import os
import pty
import stat
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from credentials import services
from credentials.kinds import Kind
from tests.credentials.fakes import VAULT

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids() -> list[int]:
    added = (services.add(VAULT, "gemini", Kind.GEMINI_API, f"planted-{n}") for n in range(2))
    return [row.pk for row, _ in added]


def run(*args: object) -> str:
    out = io.StringIO()
    call_command("exportcredentials", *map(str, args), stdout=out)
    return out.getvalue()


def test_it_writes_a_file_for_its_owner_only(tmp_path: Path, ids: list[int]) -> None:
    path = tmp_path / "all.zip"
    assert run("--out", path) == f"{path}: 2 credentials. Whoever has it has them.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    names = zipfile.ZipFile(path).namelist()
    assert names == [f"{id}-gemini-gemini_api.json" for id in ids]


def test_it_writes_only_those_that_are_named(tmp_path: Path, ids: list[int]) -> None:
    run("--out", tmp_path / "one.zip", "--id", ids[1])
    assert len(zipfile.ZipFile(tmp_path / "one.zip").namelist()) == 1


@pytest.mark.usefixtures("ids")
def test_it_overwrites_nothing_and_follows_no_link(tmp_path: Path) -> None:
    there, link = tmp_path / "there.zip", tmp_path / "link.zip"
    there.write_bytes(b"mine")
    link.symlink_to(tmp_path / "elsewhere.zip")
    for path in (there, link, tmp_path / "absent" / "a.zip"):
        with pytest.raises(CommandError, match="Name a new file"):
            run("--out", path)
    assert there.read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere.zip").exists()


@pytest.mark.usefixtures("ids")
def test_it_writes_into_a_pipe(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with capfdbinary.disabled():
        reading, writing = os.pipe()
        kept = os.dup(1)
        os.dup2(writing, 1)
        try:
            call_command("exportcredentials", "--out", "-")
        finally:
            os.dup2(kept, 1)
            for handle in (kept, writing):
                os.close(handle)
        with os.fdopen(reading, "rb") as pipe:
            assert len(zipfile.ZipFile(io.BytesIO(pipe.read())).namelist()) == 2


@pytest.mark.usefixtures("ids")
def test_it_refuses_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    other, screen = pty.openpty()
    with os.fdopen(screen, "w") as stdout, os.fdopen(other, "rb"):
        monkeypatch.setattr("sys.stdout", stdout)
        with pytest.raises(CommandError, match="not written to a terminal"):
            call_command("exportcredentials", "--out", "-")


def test_it_is_noted_in_the_audit_trail(
    tmp_path: Path, ids: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "potluck.audit"):
        run("--out", tmp_path / "all.zip", "--id", ids[0])
    assert "credential.export" in caplog.text
    assert str(ids[0]) in caplog.text
    assert "planted" not in caplog.text


@pytest.mark.parametrize("args", [(), ("--id", 999)])
def test_nothing_to_export_is_a_failure(tmp_path: Path, args: tuple[object, ...]) -> None:
    with pytest.raises(CommandError, match="There is no"):
        run("--out", tmp_path / "all.zip", *args)
    assert not (tmp_path / "all.zip").exists()
