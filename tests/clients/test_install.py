"""How the clients come onto a machine."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clients import install
from tests.support.once import once


@pytest.mark.parametrize(("folder", "least"), [("clients", 20), ("browser/axe", 1)])
def test_the_lock_pins_every_package_by_its_hash_and_names_no_registry(
    folder: str, least: int
) -> None:
    lock = json.loads((install.HERE.parent / folder / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) >= least
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_a_machine_without_node_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(install.NoNode, match=r"install Node\.js 20 or newer with npm"):
        install.tool("npm")


def test_what_two_want_at_once_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: once(tmp_path / "x", made.append), range(4)))
    assert made == [tmp_path / "x"]
    assert set(folders) == {tmp_path / "x"}


def test_what_was_left_half_made_is_made_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        once(tmp_path / "x", fail)
    once(tmp_path / "x", lambda folder: (folder / "whole").touch())
    assert {each.name for each in (tmp_path / "x").iterdir()} == {"whole", "complete"}
