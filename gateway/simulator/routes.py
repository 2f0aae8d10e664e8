"""Which service a path belongs to. Paths are told by their tail, so any prefix before it works."""

from __future__ import annotations

import re

from gateway.simulator.anthropic.service import Anthropic
from gateway.simulator.code_assist import CodeAssist
from gateway.simulator.gemini.service import Gemini
from gateway.simulator.oauth import PATH as OAUTH
from gateway.simulator.oauth import OAuth
from gateway.simulator.openai.completions import Completions
from gateway.simulator.openai.responses.service import Responses
from gateway.simulator.openai.service import OpenAI
from gateway.simulator.service import Call, Service
from gateway.simulator.vertex import PATH as VERTEX
from gateway.simulator.vertex import Vertex

_GEMINI = re.compile(r"/models/[^/]+:\w+$")


class Routes:
    """One instance of each service."""

    def __init__(self) -> None:
        self._gemini = Gemini()
        self._openai = OpenAI()
        self._responses = Responses()
        self._completions = Completions()
        self._anthropic = Anthropic()
        self._code_assist = CodeAssist()
        self._vertex = Vertex()
        self.oauth = OAuth()

    def find(self, call: Call) -> Service:
        path = call.path
        if OAUTH.search(path):
            return self.oauth
        if "/v1internal" in path:
            return self._code_assist
        if VERTEX.search(path):
            return self._vertex
        if _GEMINI.search(path) or path.startswith(("/v1beta", "/gemini/")):
            return self._gemini
        if path.endswith(("/messages", "/messages/count_tokens")) or "/anthropic/" in path:
            return self._anthropic
        if path.startswith("/v1/models"):
            return self._lister(call)
        if path.endswith("/responses"):
            return self._responses
        if path.endswith("/completions") and not path.endswith("/chat/completions"):
            return self._completions
        return self._openai

    def _lister(self, call: Call) -> Service:
        """`/v1/models` belongs to three services; their clients differ in their headers."""
        if "x-goog-api-key" in call.headers or "key" in call.query:
            return self._gemini
        return self._anthropic if "anthropic-version" in call.headers else self._openai
