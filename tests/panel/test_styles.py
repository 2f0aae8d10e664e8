from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT

STYLES = ROOT / "static" / "css"
SCRIPTS = ROOT / "static" / "js"
TEMPLATES = ROOT / "templates"

BLOCK = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{6}|rgb\([^)]*\))")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color-mix)\(", re.IGNORECASE)
TEXTS = ("ink", "muted", "brand", "healthy", "cooling", "banned", "disabled")


def palettes() -> dict[str, dict[str, str]]:
    text = (STYLES / "tokens.css").read_text(encoding="utf-8")
    light, system, chosen = re.split(
        r'@media \(prefers-color-scheme: dark\)|:root\[data-theme="dark"\]', text
    )
    names = {"light": light, "system": system, "dark": chosen}
    return {name: dict(BLOCK.findall(part)) for name, part in names.items()}


def brightness(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_dark_is_dark_whoever_asked_for_it() -> None:
    found = palettes()
    assert found["system"] == found["dark"]
    assert found["dark"].keys() == found["light"].keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "surface", "raised", "brand-tint"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(theme: str, ground: str, text: str) -> None:
    colours = palettes()[theme]
    assert contrast(colours[f"--{text}"], colours[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("brand", "brand-tint"),
        ("ink", "raised"),
        ("muted", "raised"),
        ("ink", "healthy-tint"),
        ("ink", "cooling-tint"),
        ("ink", "banned-tint"),
        ("banned", "banned-tint"),
    ],
)
def test_text_on_colour_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = palettes()[theme]
    assert contrast(colours[f"--{text}"], colours[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(theme: str) -> None:
    colours = palettes()[theme]
    assert contrast(colours["--edge"], colours["--surface"]) >= 3


@pytest.mark.parametrize(
    "path", [each for each in sorted(STYLES.glob("*.css")) if each.name != "tokens.css"], ids=str
)
def test_only_the_tokens_name_a_colour(path: Path) -> None:
    assert COLOUR.findall(path.read_text(encoding="utf-8")) == []


def test_every_token_that_is_used_is_there() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in STYLES.glob("*.css")}
    known = set(re.findall(r"(--[\w-]+):", texts["tokens.css"]))
    used = {name for text in texts.values() for name in re.findall(r"var\((--[\w-]+)\)", text)}
    assert used <= known


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_page_needs_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []
    assert re.findall(r"(?:src|href|action)=[\"']?(?:https?:)?//", text) == []
