from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from keys.cost import Cost, CostRows, Costs, CostTable, is_glob

ROWS = [
    ("Gemini-2.5-Pro", 12),
    ("gemini-2.5-pro-preview", 7),
    ("gemini-*", 3),
    ("gemini-*-lite*", 4),
    ("vendor/special", 20),
    ("vendor/*", 6),
    ("claude-?-opus", 30),
]


@pytest.mark.parametrize(
    ("model", "units", "pattern"),
    [
        pytest.param("gemini-2.5-pro", 12, "gemini-2.5-pro", id="exact"),
        pytest.param("GEMINI-2.5-PRO", 12, "gemini-2.5-pro", id="case"),
        pytest.param("gemini-2.5-pro-search", 12, "gemini-2.5-pro", id="feature"),
        pytest.param("gemini-2.5-pro-maxthinking-search", 12, "gemini-2.5-pro", id="two features"),
        pytest.param("gemini-2.5-pro(8192)", 12, "gemini-2.5-pro", id="budget"),
        pytest.param("gemini-2.5-pro-假流式", 12, "gemini-2.5-pro", id="fake stream"),
        pytest.param("gemini-2.5-pro-20250930", 12, "gemini-2.5-pro", id="date"),
        pytest.param("gemini-2.5-pro-preview", 7, "gemini-2.5-pro-preview", id="exact beats base"),
        pytest.param(
            "gemini-2.5-pro-preview-05-06", 7, "gemini-2.5-pro-preview", id="nearest base"
        ),
        pytest.param("流式抗截断/gemini-2.5-pro", 12, "gemini-2.5-pro", id="feature prefix"),
        pytest.param("google/gemini-2.5-pro", 12, "gemini-2.5-pro", id="provider prefix"),
        pytest.param("gemini-9-flash", 3, "gemini-*", id="glob beats family"),
        pytest.param("gemini-9-flash-lite", 4, "gemini-*-lite*", id="most specific glob"),
        pytest.param("vendor/special", 20, "vendor/special", id="a slash in a name"),
        pytest.param("vendor/other", 6, "vendor/*", id="a slash in a glob"),
        pytest.param("vendor/gemini-2.5-pro", 12, "gemini-2.5-pro", id="variant beats glob"),
        pytest.param("claude-4-opus", 30, "claude-?-opus", id="one character"),
        pytest.param("nobody-knows", 1, None, id="default"),
        pytest.param("x" * 5000, 1, None, id="no model name"),
    ],
)
def test_a_name_costs_what_its_row_says(model: str, units: int, pattern: str | None) -> None:
    table = CostTable(ROWS)
    assert table.explain(model) == Cost(units, pattern)
    assert table.of(model) == table.of(model) == units


@pytest.mark.parametrize(
    ("model", "units"),
    [
        ("gemini-2.5-pro", 10),
        ("gemini-3-pro-preview", 10),
        ("gemini-2.5-flash", 2),
        ("gemini-2.5-flash-preview-09-2025", 2),
        ("gemini-2.5-flash-lite", 1),
        ("gemini-2.5-flash-image", 10),
        ("imagen-4.0-generate-001", 10),
        ("gpt-image-1", 10),
        ("dall-e-3", 10),
        ("gpt-4o", 1),
        ("claude-sonnet-4-5", 1),
        ("deepseek-prover", 1),
        ("", 1),
    ],
)
def test_a_family_has_its_default(model: str, units: int) -> None:
    assert CostTable().explain(model) == Cost(units)


def test_continuing_cut_answers_costs_double() -> None:
    assert CostTable(ROWS).of("gemini-2.5-pro", anti_truncation=True) == 24


def test_equal_globs_are_chosen_the_same_way_whatever_their_order() -> None:
    rows = [("a*c", 1), ("ac*", 2), ("*ac", 3)]
    assert CostTable(rows).of("ac") == CostTable(rows[::-1]).of("ac")


def test_names_that_callers_invent_do_not_pile_up() -> None:
    table = CostTable()
    for number in range(10_000):
        table.of(f"name-{number}")
    assert len(table._known) <= 4096


@pytest.mark.parametrize(("pattern", "wild"), [("a/b-1.0", False), ("a*", True), ("[ab]", True)])
def test_a_glob_is_told_from_a_name(pattern: str, wild: bool) -> None:
    assert is_glob(pattern) is wild


async def test_a_refresh_compiles_a_new_table_when_rows_changed() -> None:
    answers = [CostRows(1, [("m", 5)]), None]
    with ThreadPoolExecutor(1) as executor:
        costs = Costs(lambda since: answers.pop(0), executor)
        assert await costs.refresh()
        assert not await costs.refresh()
    assert costs.table.of("m") == 5
