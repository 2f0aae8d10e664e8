"""A MariaDB server of a test's own, where one is installed."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("mariadbd")
INSTALLER = shutil.which("mariadb-install-db")


def installed() -> bool:
    return PROGRAM is not None and INSTALLER is not None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The URL of an empty database in `folder`, which belongs to nobody else."""
    assert PROGRAM is not None and INSTALLER is not None
    user = getpass.getuser()
    data = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={user}"]
    subprocess.run(
        [INSTALLER, *data, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "init.sql").write_text("CREATE DATABASE potluck CHARACTER SET utf8mb4;\n")
    server = subprocess.Popen(
        [
            *(PROGRAM, *data, f"--port={port}", "--bind-address=127.0.0.1", "--skip-grant-tables"),
            *(
                "--skip-networking=0",
                f"--socket={folder / 'sock'}",
                "--innodb-buffer-pool-size=16M",
            ),
            *(f"--pid-file={folder / 'pid'}", f"--init-file={folder / 'init.sql'}"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _ready(server)
        yield f"mysql://root@127.0.0.1:{port}/potluck"
    finally:
        server.terminate()
        server.communicate(timeout=60)


def _ready(server: subprocess.Popen[bytes]) -> None:
    assert server.stderr is not None
    for line in server.stderr:
        if b"ready for connections" in line:
            return
    raise RuntimeError("MariaDB did not start")
