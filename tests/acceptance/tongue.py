"""The two dialects as clients speak them: one question, and how to read an answer or an error."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

JSON = dict[str, Any]


class Ask(NamedTuple):
    """One POST."""

    path: str
    body: JSON


class Complaint(NamedTuple):
    """`code` as docs/endpoints.md lists it, "" if the error is an upstream's own words."""

    status: int
    code: str
    message: str


@dataclass(frozen=True)
class OpenAI:
    name: str = "openai"

    def ask(self, model: str, text: str = "hello", *, stream: bool = False) -> Ask:
        messages = [{"role": "user", "content": text}]
        return Ask("/v1/chat/completions", {"model": model, "messages": messages, "stream": stream})

    def text(self, body: Any) -> str:
        """Of a whole answer."""
        return str(body["choices"][0]["message"]["content"])

    def said(self, stream: bytes) -> str:
        """The text of a stream, as far as it goes."""
        choices = [choice for chunk in events(stream) for choice in chunk.get("choices") or []]
        return "".join(choice["delta"].get("content") or "" for choice in choices)

    def finished(self, stream: bytes) -> bool:
        return b"data: [DONE]" in stream and b'"finish_reason":"' in stream.replace(b'": "', b'":"')

    def complaint(self, body: Any) -> Complaint:
        error = body["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        return Complaint(0, error["code"] or "", error["message"])

    def broken(self, stream: bytes) -> Complaint:
        """The error that ends a stream."""
        return self.complaint(events(stream)[-1])


@dataclass(frozen=True)
class Gemini:
    name: str = "gemini"

    def ask(self, model: str, text: str = "hello", *, stream: bool = False) -> Ask:
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        contents = [{"role": "user", "parts": [{"text": text}]}]
        return Ask(f"/v1beta/models/{model}:{method}", {"contents": contents})

    def text(self, body: Any) -> str:
        parts = body["candidates"][0]["content"]["parts"]
        return "".join(part["text"] for part in parts if not part.get("thought"))

    def said(self, stream: bytes) -> str:
        chunks = [chunk for chunk in events(stream) if chunk.get("candidates")]
        return "".join(self.text(chunk) for chunk in chunks if "content" in chunk["candidates"][0])

    def finished(self, stream: bytes) -> bool:
        return b'"finishReason"' in stream

    def complaint(self, body: Any) -> Complaint:
        error = body["error"]
        assert isinstance(error["code"], int)
        assert error["status"].isupper()
        reasons = [each["reason"] for each in error.get("details", []) if "reason" in each]
        return Complaint(error["code"], reasons[0].lower() if reasons else "", error["message"])

    def broken(self, stream: bytes) -> Complaint:
        return self.complaint(events(stream)[-1])


Tongue = OpenAI | Gemini
OPENAI, GEMINI = OpenAI(), Gemini()


def events(stream: bytes) -> list[JSON]:
    """The JSON of every `data:` line, and of bare JSON after them (Gemini's way to break off)."""
    found: list[JSON] = []
    for block in stream.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = block.strip().removeprefix(b"data:").strip()
        if data.startswith((b"{", b"[{")):
            value = json.loads(data)
            found.append(value[0] if isinstance(value, list) else value)
    return found
