from __future__ import annotations

from pathlib import Path

import pytest

from gateway import sources
from gateway.config import SETTINGS, Source
from gateway.setting import ConfigError


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in SETTINGS:
        for name in (each.name, *each.aliases):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POTLUCK_CONFIG", str(tmp_path / "potluck.toml"))
    return tmp_path / "potluck.toml"


def test_it_reads_the_file_that_the_environment_names(file: Path) -> None:
    file.write_text("port = 9000", encoding="utf-8")
    assert sources.read().port == 9000
    assert sources.read().source("PORT") is Source.FILE


def test_a_file_that_is_not_there_is_one_sentence(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^POTLUCK_CONFIG: .* cannot be read"):
        sources.read()


@pytest.mark.parametrize("content", [b"port 9000", b"\xff"])
def test_a_file_that_is_not_toml_is_one_sentence(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^POTLUCK_CONFIG: .* is not TOML"):
        sources.read()


def test_the_data_lie_beside_manage_py_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sources.data_dir(sources.read()) == sources.PROJECT / "data"


def test_a_folder_given_by_the_operator_is_seen_from_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "mine")
    assert sources.data_dir(sources.read()) == tmp_path / "mine"


def test_a_stop_is_one_sentence_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        sources.stop(ConfigError("PORT is wrong."))
    assert end.value.code == 2
    assert capsys.readouterr().err == "potluck: PORT is wrong.\n"
