"""LiteLLM's proxy: OpenAI chat in, Gemini out, one master key, no database."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from benchmarks import asks, processes, replies
from benchmarks.kitchen import CACHE, Kitchen, Scenario, Subject, serving
from benchmarks.peers import fetch

VERSION = "1.106.2"

_KEY = "sk-bench"
_CONFIG = """
model_list:
  - model_name: {model}
    litellm_params:
      model: gemini/{model}
      api_base: http://127.0.0.1:{mock}/v1beta
      api_key: bench
general_settings:
  master_key: {key}
litellm_settings:
  telemetry: false
"""


@contextlib.contextmanager
def opened(kitchen: Kitchen) -> Iterator[Subject]:
    home = CACHE / "litellm"
    binary = home / "bin" / "litellm"
    if not binary.exists():
        fetch([sys.executable, "-m", "venv", str(home)])
        fetch([str(home / "bin" / "pip"), "install", f"litellm[proxy]=={VERSION}"])
    port = processes.free_port()
    config = kitchen.folder / "litellm.yaml"
    config.write_text(_CONFIG.format(model=replies.MODEL, mock=kitchen.mock, key=_KEY))
    argv = [str(binary), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    bearer = {"Authorization": f"Bearer {_KEY}"}
    questions = {
        Scenario.JSON: asks.chat(bearer),
        Scenario.SSE50: asks.chat(bearer, stream=True),
    }
    # The price list comes with the package; without this it is asked from the network at start.
    env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    with serving(
        kitchen, "litellm", argv, port=port, asks=questions, env=env, seconds=120
    ) as subject:
        yield subject
