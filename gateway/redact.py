"""Makes text fit to be logged or shown: no secrets, no control characters. Pure."""

from __future__ import annotations

import re

# What is secret by its form, or by what stands before it. Kept are the words that say what was
# there.
_SECRETS = re.compile(
    r"""
      (?P<form> \bsk-(?=[\w-]{8}) | \bAIza(?=[\w-]{16}) | \bAQ\.(?=[\w-]{16}) | \bya29\.
              | \b1//0(?=[\w-]{16}) | \bxai-(?=\w{16}) | \bgsk_(?=\w{16}) | \beyJ(?=[\w-]{16}) )
      [\w.\-/]+
    | (?P<bearer> \b(?:bearer|basic)\s+ (?=[^\s]{8}) ) [^\s"',;]+
    | (?P<header> \b(?:x-api-key|x-goog-api-key|authorization|cookie)["']?\s*[:=]\s*["']? )
      (?!bearer\s|basic\s) [^\s"',;]+
    | (?P<query> [?&](?:(?:api_)?key|\w*token|code|client_secret)= ) [^&\s"'`#]{4,}
    | (?P<json> "(?:private_key|\w+_token|client_secret|api_key|password)"\s*:\s*" )
      (?:[^"\\]|\\.)*
    | (?P<pem> -----BEGIN\ [A-Z ]*PRIVATE\ KEY----- ) .*? (?=-----END|$)
    | (?P<user> \w://[^\s:/@]*: ) [^\s@/]+ (?=@)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# One of these is in whatever the pattern finds: to look for them is fifty times quicker than to
# look for it, and hardly a line has one.
_TRACES = (
    "sk-", "aiza", "aq.", "ya29.", "1//0", "xai-", "gsk_", "eyj", "bearer", "basic",
    "x-api-key", "x-goog-api-key", "authorization", "cookie", "?", "&", 'key"', 'token"',
    'secret"', 'password"', "private key-----", "://",
)  # fmt: skip
# C0 and C1 controls move a terminal's cursor and colour; U+2028/9 and bidi marks reorder a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_SPELT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def redact(text: str) -> str:
    """`text` with every secret that can be recognised replaced by […]."""
    if text.isascii():
        # Beyond ASCII there are letters that only the pattern takes for one of these.
        small = text.lower()
        for trace in _TRACES:
            if trace in small:
                break
        else:
            return text
    return _SECRETS.sub(lambda found: f"{found[found.lastgroup or 0]}[…]", text)


def escape(text: str) -> str:
    """`text` with control characters spelt out, as JSON does: on one line, moving no cursor."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda found: _SPELT.get(found[0]) or f"\\u{ord(found[0]):04x}", text)
