"""The packages of a package-lock.json, from npm, once per lock; none of their code runs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.support.once import once

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
FILES = ("package.json", "package-lock.json")
RULES = HERE / ".npmrc"
TIMEOUT = 900


class NoNode(AssertionError):
    """This machine cannot run the clients."""


def tool(name: str) -> str:
    """The path of `node` or `npm`. Raises NoNode."""
    found = shutil.which(name)
    if found is None:
        raise NoNode(
            f"There is no `{name}` on this machine. The tests run coding clients and a checker of "
            "pages from npm: install Node.js 20 or newer with npm (on Debian and Ubuntu: apt "
            "install nodejs npm), and run the same command again."
        )
    return found


def packages(lock: Path = HERE, name: str = "clients") -> Path:
    """The node_modules folder of what the folder `lock` pins, kept in the cache under `name`."""
    files = [*(lock / each for each in FILES), RULES]
    stamp = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
    return once(CACHE / name / stamp[:16], partial(_install, files)) / "node_modules"


def _install(files: Sequence[Path], folder: Path) -> None:
    for each in folder.parent.iterdir():
        # Other locks' packages: clients are more than a gigabyte that nobody would miss.
        if each.is_dir() and each != folder:
            shutil.rmtree(each)
    for file in files:
        shutil.copy(file, folder)
    done = subprocess.run(
        [tool("npm"), "ci", "--loglevel=error"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    if done.returncode:
        raise RuntimeError(f"npm ci failed in {folder}:\n{done.stderr}")
