"""What the consent page sends back in the browser's address (RFC 6749 4.1.2, RFC 9207). Pure.

The address may be the gateway's own, or what a person copied from a page that could not be
reached: its query is read, and nothing else of it counts.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import msgspec

LONGEST = 8_192
"""Characters of an address."""
_FIELDS = 40
_TEXT = re.compile(r"[\x20-\x7e]{0,4096}")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Either `code` or `error`. `state` is what a flow is found by."""

    state: str
    code: str = ""
    error: str = ""
    iss: str = ""

    def __repr__(self) -> str:
        return f"<Answer {'refused' if self.error else 'with a code'}>"


def read(address: str) -> Answer:
    """`/auth/callback?code=…&state=…`, a whole URL, or the query alone.

    Raises ValueError, which quotes nothing, for what is none of them or says something twice.
    """
    if len(address) > LONGEST:
        raise ValueError("The address is too long.")
    # Terminals and chats break long lines; no part of an address has blanks in it.
    text = "".join(address.split())
    query = (text.partition("?")[2] if "?" in text else text).partition("#")[0]
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_FIELDS)
    found = {
        name: [text for key, text in pairs if key == name] for name in Answer.__struct_fields__
    }
    if any(len(texts) > 1 or not all(map(_TEXT.fullmatch, texts)) for texts in found.values()):
        raise ValueError("The address says something twice, or has characters it cannot have.")
    answer = Answer(**{name: texts[0] for name, texts in found.items() if texts} | _none(found))
    if not answer.state or bool(answer.code) == bool(answer.error):
        raise ValueError("The address has no state, or neither a code nor an error.")
    return answer


def _none(found: dict[str, list[str]]) -> dict[str, str]:
    return {} if found["state"] else {"state": ""}
