"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.source import PACKAGES, ROOT, Module, modules, tracked

CODE = [*modules(*PACKAGES), *modules("benchmarks")]
EVERYTHING = [*CODE, *modules("tests")]

MAY_IMPORT = {
    "gateway": set(PACKAGES),
    "proxy": {"proxy", "keys", "credentials"},
    "panel": {"panel", "keys", "credentials"},
    "keys": {"keys"},
    "credentials": {"credentials"},
}
"""docs/architecture.md, "Layers"."""

PURE = re.compile(
    r"proxy/(ir|errors|sse|route|paths|operation)\.py|proxy/dialects/.*"
    r"|keys/(secret|quota)\.py|credentials/(health|quota_errors|vault)\.py"
    r"|gateway/(config|kinds|setting|providers|redact|welcome)\.py"
)
"""And every module whose docstring says "Pure."."""

IMPURE = re.compile(
    r"(django|rest_framework|channels|aiohttp|httpx|uvicorn|asyncio|socket|ssl|time|subprocess"
    r"|tempfile|urllib\.request)(\.|$)"
)
CLOCK = re.compile(r"(date|datetime(\.datetime)?)\.(now|utcnow|today)|timezone\.now|open")

LONG = {"proxy/ir.py": "the vocabulary of everything else: small values of one kind"}
"""Modules over 300 lines → why they are one idea all the same."""

VAGUE = {"utils", "util", "helpers", "common", "manager", "misc"}


def offenders(found: Iterable[Module], fault: Callable[[Module], object]) -> dict[str, object]:
    """Path → what is wrong with it."""
    return {module.path: wrong for module in found if (wrong := fault(module))}


def test_an_import_points_down() -> None:
    def upwards(module: Module) -> set[str]:
        ours = {name.partition(".")[0] for name in module.imports()} & set(PACKAGES)
        return ours - MAY_IMPORT[module.package]

    assert offenders(modules(*PACKAGES), upwards) == {}


def test_what_ships_needs_no_test_code() -> None:
    def tests(module: Module) -> list[str]:
        return [name for name in module.imports() if name.split(".")[0] in {"tests", "pytest"}]

    assert offenders(modules(*PACKAGES), tests) == {}


def test_the_simulator_is_an_independent_witness() -> None:
    def informed(module: Module) -> list[str]:
        ours = [name for name in module.imports() if name.partition(".")[0] in PACKAGES]
        return [name for name in ours if not name.startswith("gateway.simulator")]

    assert offenders(modules("gateway/simulator"), informed) == {}


def test_the_core_is_pure() -> None:
    def impurities(module: Module) -> list[str]:
        imported = [name for name in module.imports() if IMPURE.match(name)]
        return imported + [name for name in module.calls() if CLOCK.fullmatch(name)]

    core = [each for each in CODE if PURE.fullmatch(each.path) or "Pure." in each.docstring]
    assert len(core) > 20
    assert offenders(core, impurities) == {}


def test_a_module_is_one_idea() -> None:
    assert offenders(EVERYTHING, lambda module: Path(module.path).stem in VAGUE) == {}
    assert offenders(EVERYTHING, lambda module: module.lines > 500 and module.lines) == {}


def test_a_long_module_has_its_reason() -> None:
    assert offenders(CODE, lambda module: module.lines > 300 and module.lines).keys() == LONG.keys()


def test_a_function_fits_on_a_screen() -> None:
    def long(module: Module) -> dict[str, int]:
        spans = {each.name: (each.end_lineno or 0) - each.lineno for each in module.functions()}
        return {name: span + 1 for name, span in spans.items() if span >= 50}

    assert offenders(EVERYTHING, long) == {}


def test_a_module_says_what_it_is_for() -> None:
    assert offenders(CODE, lambda module: module.text.strip() and not module.docstring) == {}


def test_annotations_cost_nothing() -> None:
    def eager(module: Module) -> bool:
        defines = any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in module.tree.body)
        return defines and "__future__.annotations" not in module.imports()

    assert offenders(EVERYTHING, eager) == {}


def test_every_task_has_an_owner() -> None:
    def unowned(module: Module) -> set[str]:
        return {"asyncio.create_task", "asyncio.ensure_future"} & {
            *module.calls(),
            *module.imports(),
        }

    assert offenders(EVERYTHING, unowned) == {}


def test_sse_is_not_read_line_by_line() -> None:
    # httpx's `aiter_lines` also splits at U+2028 and U+0085, which JSON may hold.
    def by_line(module: Module) -> list[str]:
        return [name for name in module.calls() if name.endswith("iter_lines")]

    assert offenders(CODE, by_line) == {}


def test_nothing_of_the_machine_it_was_written_on_is_in_the_project() -> None:
    folders = "|".join(["work", "root", "home", "Users", "opt"])
    hosts = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "debian"])
    private = re.compile(rf"""(?<![\w.~-])/({folders})/\w|\b({hosts})\.(org|net|com)\b""")
    found = {
        path.relative_to(ROOT).as_posix(): match[0]
        for path in tracked()
        if (match := private.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


def pins(lock: str) -> dict[str, set[str]]:
    """Package → its pinned versions, of one of the locks."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def wanted(*extras: str) -> list[tuple[str, str]]:
    """(package, lowest version) of pyproject.toml, for the project and `extras`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    pattern = re.compile(r"([\w-]+)(?:\[[^]]*\])?>=([\d.]+)")
    return [match.groups() for line in lines if (match := pattern.match(line))]  # type: ignore[misc]


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ("postgres", "redis", "mysql")),
        ("requirements-dev.lock", ("postgres", "redis", "mysql", "dev")),
    ],
)
def test_a_lock_has_every_dependency_of_the_project(lock: str, extras: tuple[str, ...]) -> None:
    pinned = pins(lock)
    for name, lowest in wanted(*extras):
        assert name in pinned, f"{name} is not in {lock}: make lock"
        assert all(number(version) >= number(lowest) for version in pinned[name]), name


def test_what_is_tested_is_what_runs() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins(
        "requirements.lock"
    )


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)
    assert "://" not in text
