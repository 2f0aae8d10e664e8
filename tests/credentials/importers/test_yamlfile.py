"""YAML that means harm."""

from __future__ import annotations

import pytest

from credentials.importers import yamlfile
from credentials.importers.entry import BadFile

LAUGHS = "a0: &a0 [lol, lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
MERGED = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


def test_aliases_within_measure_are_read() -> None:
    text = "a: &a {x: 1}\nb: [*a, *a]\nc:\n  <<: *a\n  y: 2"
    assert yamlfile.decode(text) == {
        "a": {"x": 1},
        "b": [{"x": 1}, {"x": 1}],
        "c": {"x": 1, "y": 2},
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LAUGHS, id="aliases of aliases"),
        pytest.param(MERGED, id="merges of merges"),
        pytest.param("a: &a [*a]", id="an alias of itself"),
        pytest.param("a: &a x\nb: &a [*a]", id="an anchor given twice"),
        pytest.param("[" * 100 + "]" * 100, id="too deep"),
        pytest.param("- a\n" * 60_000, id="too many nodes"),
    ],
)
def test_a_bomb_is_refused_before_it_is_built(text: str) -> None:
    with pytest.raises(BadFile, match="too much"):
        yamlfile.decode(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: [planted",
        "*planted",
        "!!python/object/apply:os.system [planted]",
        "a: !planted b",
        "? [a]\n: b",
        "a: " + "9" * 5_000,
        "a: 2026-99-99",
        "a: \x00",
        "a: b\n---\nc: d",
        "\tplanted",
    ],
)
def test_what_is_no_plain_yaml_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        yamlfile.decode(text)
    assert "planted" not in str(caught.value)


def test_a_large_file_is_refused() -> None:
    with pytest.raises(BadFile, match="1 MB"):
        yamlfile.decode("#" * (1 << 20) + "\n")
