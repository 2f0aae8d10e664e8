"""The documents say what the program does."""

from __future__ import annotations

import re

import pytest

from gateway import reference
from gateway.config import SETTINGS
from tests.support.source import ROOT

READMES = ("README.md", "README.zh-CN.md")
NAMES = {name for each in SETTINGS for name in (each.name, *each.aliases)}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def test_the_settings_page_is_the_table() -> None:
    assert read("docs/settings.md") == reference.render(), "run: make docs"


@pytest.mark.parametrize("setting", [each.name for each in SETTINGS])
def test_every_setting_is_in_the_settings_page(setting: str) -> None:
    assert f"`{setting}`" in read("docs/settings.md")


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md"])
def test_every_make_command_exists(page: str) -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", " ".join(re.findall(r"`[^`]+`", read(page)))))
    named |= set(re.findall(r"^(?:[A-Z_]+=\S+ )?make ([a-z]+)", read(page), re.MULTILINE))
    assert named
    assert named <= targets()


@pytest.mark.parametrize("page", READMES)
def test_it_says_how_to_start_and_to_test(page: str) -> None:
    for command in ("make demo", "make serve", "make test", "make check"):
        assert command in read(page)


@pytest.mark.parametrize("page", READMES)
def test_every_setting_it_names_exists(page: str) -> None:
    words = re.findall(r"`([A-Z][A-Z_]{3,})`", read(page))
    assert words
    assert set(words) <= NAMES


@pytest.mark.parametrize("page", READMES)
def test_every_command_it_names_exists(page: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z]+)", read(page)))
    places = ROOT.glob("*/management/commands/*.py")
    assert named <= {path.stem for path in places}


@pytest.mark.parametrize("page", READMES)
def test_every_page_it_links_exists(page: str) -> None:
    links = re.findall(r"\]\(([^):]+)\)", read(page))
    assert links
    assert all((ROOT / link).is_file() for link in links)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"/v1(?:beta)?/[\w./:{}-]+", id="endpoints"),
        pytest.param(r"`([A-Z][A-Z_]{3,})`", id="settings"),
        pytest.param(r"\bmake [a-z]+", id="make"),
        pytest.param(r"manage\.py [a-z]+", id="commands"),
        pytest.param(r"^\[\[\w+\]\]$|^\w+ = .*$", id="configuration"),
    ],
)
def test_both_languages_say_the_same(pattern: str) -> None:
    english, chinese = (set(re.findall(pattern, read(page), re.MULTILINE)) for page in READMES)
    assert english
    # Only the spoken words of the examples differ.
    assert {each.replace("Hello!", "你好！") for each in english} == chinese
