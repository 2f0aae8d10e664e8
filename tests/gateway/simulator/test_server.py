"""The simulator as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx


def test_it_prints_its_port_and_serves() -> None:
    command = [sys.executable, "-m", "gateway.simulator", "--port", "0", "--keys", "a,b"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = json.loads(process.stdout.readline())
            base = f"http://{line['host']}:{line['port']}"
            listing = httpx.get(f"{base}/v1beta/models", headers={"x-goog-api-key": "b"})
        finally:
            process.terminate()
    assert line["base"] == base
    assert listing.json()["models"]
