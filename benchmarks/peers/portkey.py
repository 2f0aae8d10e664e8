"""Portkey's open gateway on Node: OpenAI chat in, Gemini out; it knows no keys of its own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import msgspec

from benchmarks import asks, processes
from benchmarks.kitchen import CACHE, Kitchen, Scenario, Subject, serving
from benchmarks.peers import Missing, fetch

VERSION = "1.15.2"


@contextlib.contextmanager
def opened(kitchen: Kitchen) -> Iterator[Subject]:
    node = shutil.which("node")
    if not node:
        raise Missing("there is no node")
    home = CACHE / "portkey"
    script = home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    if not script.exists():
        fetch(["npm", "install", "--prefix", str(home), f"@portkey-ai/gateway@{VERSION}"])
    port = processes.free_port()
    headers = {
        "Authorization": "Bearer bench",
        "x-portkey-provider": "google",
        "x-portkey-custom-host": f"http://127.0.0.1:{kitchen.mock}",
    }
    questions = {
        Scenario.JSON: asks.chat(headers),
        # It ends a stream from Google without `[DONE]`.
        Scenario.SSE50: msgspec.structs.replace(asks.chat(headers, stream=True), end=b'"stop"'),
    }
    argv = [node, str(script), f"--port={port}", "--headless"]
    # Its guard against requests to private addresses would refuse the mock.
    env = {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1", "NODE_ENV": "production"}
    with serving(kitchen, "portkey", argv, port=port, asks=questions, env=env) as subject:
        yield subject
