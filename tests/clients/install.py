"""The coding clients of package-lock.json, from npm, once per lock; none of their code runs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.support.once import once

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "clients"
FILES = ("package.json", "package-lock.json", ".npmrc")
TIMEOUT = 900


class NoNode(AssertionError):
    """This machine cannot run the clients."""


def tool(name: str) -> str:
    """The path of `node` or `npm`. Raises NoNode."""
    found = shutil.which(name)
    if found is None:
        raise NoNode(
            f"There is no `{name}` on this machine. The tests of coding clients run the real ones "
            "from npm: install Node.js 20 or newer with npm (on Debian and Ubuntu: apt install "
            "nodejs npm), and run the same command again."
        )
    return found


def packages() -> Path:
    """The node_modules folder."""
    stamp = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES))
    return once(CACHE / stamp.hexdigest()[:16], _install) / "node_modules"


def _install(folder: Path) -> None:
    for each in folder.parent.iterdir():
        # Other locks' clients: more than a gigabyte that nobody would miss.
        if each.is_dir() and each != folder:
            shutil.rmtree(each)
    for name in FILES:
        shutil.copy(HERE / name, folder)
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
