"""The project's own source, for tests of the house rules."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("gateway", "keys", "credentials", "proxy", "panel")


@dataclass(frozen=True)
class Module:
    path: str
    """Relative to the project, with slashes."""
    text: str = field(repr=False)

    @functools.cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def imports(self) -> Iterator[str]:
        """Dotted names, relative ones made absolute; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        parents = self.path.split("/")[: -node.level] if node.level else []
        return ".".join([*parents, *([node.module] if node.module else [])])

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[str]:
        """What is called, as written: `asyncio.create_task`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func)


def tracked() -> list[Path]:
    """What git has, or would take; without git, everything that is not hidden."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        listed = [str(p) for p in found if p.parts[0] not in {".venv", ".cache", "data", ".git"}]
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


@functools.cache
def modules(*packages: str) -> list[Module]:
    """Python files of `packages`, migrations left out: those are generated."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        inside = name.startswith(tuple(f"{each}/" for each in packages))
        if inside and path.suffix == ".py" and "/migrations/" not in name:
            found.append(Module(name, path.read_text(encoding="utf-8")))
    return found
