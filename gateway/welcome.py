"""The words of a start. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gateway import __version__

MODEL = "gemini-2.5-flash"

_PLAIN = (
    "Other machines reach it by plain HTTP, where passwords and keys can be read on the way: put "
    "a proxy that speaks TLS before it, and name the proxy in TRUSTED_PROXIES."
)


class Start(NamedTuple):
    """What a starting gateway knows about itself.

    `manage` is how to run its commands; `password` is there when it was made just now.
    `plain`: other machines reach it without TLS, as was asked just now.
    """

    url: str
    manage: str
    password: str | None
    keys: int
    credentials: int
    plain: bool = False


def greet(start: Start) -> str:
    """One line; before there are a key and a credential, also what to do next."""
    lines = [f"Potluck {__version__} · {start.url} · Ctrl-C stops it"]
    if start.plain:
        lines += [_PLAIN]
    if start.password:
        lines += ["", f"Panel password, shown this once: {start.password}"]
        lines += [f"Log in with it: {start.url}/panel"]
    if not start.keys or not start.credentials:
        lines += ["", "What to do next, there or in a terminal:", *_steps(start)]
    return "\n".join(lines)


def _steps(start: Start) -> list[str]:
    key = "done" if start.keys else f"{start.manage} createkey --quota 1000"
    credential = "done" if start.credentials else "GEMINI_API_KEYS=key1,key2 make serve"
    return [
        f"  1. add credentials  {credential}",
        f"  2. create a key     {key}",
        f"  3. call it          {chat(start.url, 'sk-…')}",
    ]


def chat(url: str, key: str, *, stream: bool = False) -> str:
    """A curl line in OpenAI's dialect."""
    flag, extra = (" -N", ', "stream": true') if stream else ("", "")
    body = '{"model": "' + MODEL + '", "messages": [{"role": "user", "content": "Hello!"}]'
    return _curl(f"{url}/v1/chat/completions", f"Authorization: Bearer {key}", body + extra, flag)


def gemini(url: str, key: str, *, stream: bool = False) -> str:
    """A curl line in Gemini's dialect."""
    verb, flag = ("streamGenerateContent?alt=sse", " -N") if stream else ("generateContent", "")
    body = '{"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]'
    return _curl(f"{url}/v1beta/models/{MODEL}:{verb}", f"x-goog-api-key: {key}", body, flag)


def _curl(url: str, secret: str, body: str, flag: str) -> str:
    kind = "Content-Type: application/json"
    return f"""curl -s{flag} '{url}' -H '{secret}' -H '{kind}' -d '{body}}}'"""
