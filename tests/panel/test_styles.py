from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT

STYLES = ROOT / "static" / "css"
SCRIPTS = ROOT / "static" / "js"
TEMPLATES = ROOT / "templates"
MOST_LINES = 400

VALUE = r"#[0-9a-f]{6}|rgb\([^)]*\)"
PAIR = re.compile(rf"(--[\w-]+): var\(--light, ({VALUE})\) var\(--dark, ({VALUE})\);")
SWITCHES = re.compile(r"color-scheme: (\w+);\s+--light: ?(\w*);\s+--dark: ?(\w*);")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color-mix)\(", re.IGNORECASE)
TEXTS = ("ink", "muted", "brand", "healthy", "cooling", "banned", "disabled")


def tokens() -> str:
    return (STYLES / "tokens.css").read_text(encoding="utf-8")


def palettes() -> dict[str, dict[str, str]]:
    found = PAIR.findall(tokens())
    return {
        "light": {name: light for name, light, _ in found},
        "dark": {name: dark for name, _, dark in found},
    }


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
    assert SWITCHES.findall(tokens()) == [
        ("light", "initial", ""),
        ("dark", "", "initial"),
        ("dark", "", "initial"),
    ]


def test_every_colour_is_of_both() -> None:
    assert COLOUR.findall(PAIR.sub("", tokens())) == []


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


FILES = [*sorted(STYLES.glob("*.css")), *sorted(SCRIPTS.glob("*.js"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sheet_or_script_is_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_every_sheet_is_on_some_page() -> None:
    sheets = "".join(path.read_text(encoding="utf-8") for path in STYLES.glob("*.css"))
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    imported = re.findall(r'^@import "([\w-]+\.css)";$', sheets, re.MULTILINE)
    linked = re.findall(r"{% static 'css/([\w-]+\.css)' %}", pages)
    assert {*imported, *linked} == {path.name for path in STYLES.glob("*.css")}
    assert not {*imported} & {*linked}


TAG = r"{%.*?%}"
CLASSES = re.compile(rf'class="((?:{TAG}|{{{{.*?}}}}|[^"])*)"|({TAG})')
QUOTED = re.compile(r"""(["'`])(.*?)\1""")
# htmx sets one by itself; panel/charts.py makes those of series, and of tones: `t-` and a state.
MADE = re.compile(r"htmx-request|s[1-6]|t-(?=\w)")


def named() -> set[str]:
    """Every word that may be a class: of attributes, of arguments of tags, of quoted text."""
    texts = []
    for path in TEMPLATES.rglob("*.html"):
        texts += ["".join(each) for each in CLASSES.findall(path.read_text(encoding="utf-8"))]
    for path in [*SCRIPTS.glob("*.js"), *(ROOT / "panel").rglob("*.py")]:
        texts += [each for _, each in QUOTED.findall(path.read_text(encoding="utf-8"))]
    return set(re.findall(r"[\w-]+", " ".join(texts)))


def test_no_rule_is_for_a_class_that_nothing_has() -> None:
    known = named() | {""}
    for path in sorted(STYLES.glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        heads = " ".join(re.findall(r"([^{}]*){", text))
        ruled = re.findall(r"\.([a-z][\w-]*)", heads)
        assert [each for each in ruled if MADE.sub("", each) not in known] == [], path.name
