"""nginx as a plain pass-through: no keys, no quota, no translation. What a proxy costs at least."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from benchmarks import asks, processes
from benchmarks.kitchen import Kitchen, Scenario, Subject, serving
from benchmarks.peers import Missing, fetch

_CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream mock {{
        server 127.0.0.1:{mock};
        keepalive 64;
        keepalive_requests 100000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 100000000;
        location / {{
            proxy_pass http://mock;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""
_SBIN = "/usr/sbin:/usr/local/sbin"


@contextlib.contextmanager
def opened(kitchen: Kitchen) -> Iterator[Subject]:
    """nginx with one worker. It translates nothing, so the mock answers in the client's dialect."""
    binary = _binary()
    port = processes.free_port()
    folder = kitchen.folder / "nginx"
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, mock=kitchen.mock, port=port))
    argv = [binary, "-p", str(folder), "-c", str(config), "-e", "stderr"]
    questions = {
        Scenario.JSON: asks.chat({}),
        Scenario.NATIVE: asks.gemini({}),
        Scenario.SSE50: asks.chat({}, stream=True),
        Scenario.NATIVE_SSE50: asks.gemini({}, stream=True),
    }
    with serving(kitchen, "nginx", argv, port=port, asks=questions) as subject:
        yield subject


def _binary() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path=_SBIN)
    if not found:
        fetch(["apt-get", "install", "-y", "--no-install-recommends", "nginx-light"])
        found = shutil.which("nginx") or shutil.which("nginx", path=_SBIN)
    if not found:
        raise Missing("apt-get installed nginx-light, but there is no nginx")
    return found
