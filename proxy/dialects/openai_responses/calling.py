"""Calls of tools that are being written.

A tool that the client declared as custom is called with plain text, also where the upstream only
knows functions: there it took its text as `{"input": …}`, which is unpacked when it is complete.
"""

from __future__ import annotations

from proxy.dialects import custom as free
from proxy.dialects.base import JSON
from proxy.dialects.openai_responses.drafts import Draft, Place
from proxy.dialects.openai_responses.finish import COMPLETED
from proxy.ir import ToolCall


class Call(Draft):
    """`custom`: the client wants plain text."""

    def __init__(self, place: Place, call: ToolCall, beside: JSON, *, custom: bool) -> None:
        self._field = "input" if custom else "arguments"
        self._event = "custom_tool_call_input" if custom else "function_call_arguments"
        super().__init__(place, "ctc" if custom else "fc", beside.pop("id", ""))
        self._packed = custom and not call.custom
        self._named = {
            "call_id": call.id or f"call_{place.stem[:16]}{place.number:04}",
            "name": call.name,
            **beside,
        }
        self._kind = "custom_tool_call" if custom else "function_call"
        self._said: list[str] = []
        self._head = self._pen.head(f"response.{self._event}.delta", self._at, "delta")
        self._add(self._whole("in_progress", ""))
        if call.arguments:
            self.more(call.arguments)

    def more(self, text: str) -> None:
        if not text:
            return
        self._said.append(text)
        if not self._packed:
            self._pen.delta(self._head, text)

    def end(self, status: str = COMPLETED) -> None:
        if self._packed:
            self._packed = False
            self._said = [text] if (text := free.plain("".join(self._said))) else []
            if text:
                self._pen.delta(self._head, text)
        if not self._said and self._field == "arguments":
            self.more("{}")
        text = "".join(self._said)
        self._say(f"{self._event}.done", **{self._field: text})
        self._done(self._whole(status, text))

    def _whole(self, status: str, text: str) -> JSON:
        head = {"id": self.id, "type": self._kind, "status": status}
        return {**head, self._field: text, **self._named}
