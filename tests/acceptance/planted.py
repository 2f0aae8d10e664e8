"""Secrets that can be recognised, and how they are looked for: in clear and in disguise."""

from __future__ import annotations

import base64
import secrets
import string
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HALF = 20
"""Characters: more than anybody needs to recognise a secret by."""
_LENGTH = 48


@dataclass
class Planted:
    """Secrets by name. Whoever makes one while the test runs adds it."""

    texts: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def plant(self, name: str, before: str = "") -> str:
        """A new one: of letters alone, so that nothing could tell it from other text by its form,
        but for `before`."""
        letters = (secrets.choice(string.ascii_lowercase) for _ in range(_LENGTH))
        return self.add(name, before + "".join(letters))

    def add(self, name: str, text: str) -> str:
        assert len(text) >= HALF, f"the {name} is too short to be told from other text"
        self.texts[name] = text
        return text

    def found(self, data: bytes) -> set[str]:
        """Names of those that are in `data`, whole or half, plain, encoded or turned round."""
        return {
            name for name, text in self.texts.items() if any(form in data for form in forms(text))
        }


@cache
def forms(text: str) -> tuple[bytes, ...]:
    plain = text.encode()
    # Of a token in parts the beginning is the same for all.
    halves = plain[-HALF:], plain[:HALF] if text.count(".") < 2 else plain
    turned = plain[::-1], plain[HALF:] + plain[:HALF]
    quoted = urllib.parse.quote(text, safe="").encode()
    return tuple({plain, *halves, *turned, quoted, plain.hex().encode(), *_base64(plain)})


def _base64(plain: bytes) -> Iterator[bytes]:
    """As it stands in the base64 of a longer text, wherever it begins there."""
    for shift in range(3):
        # The first and the last group also hold something of what stands beside.
        inner = base64.b64encode(bytes(shift) + plain)[4:-4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def robot(planted: Planted, name: str) -> dict[str, str]:
    """A service account as the Cloud console writes it. Any line of its key is a secret."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    lines = pem.splitlines()
    for number in (3, len(lines) // 2):
        planted.add(f"line {number} of the private key of the {name}", lines[number])
    return {
        "type": "service_account",
        "project_id": "planted-project",
        "private_key_id": "0123456789abcdef",
        "private_key": pem,
        "client_email": f"{name}@planted-project.iam.gserviceaccount.com",
    }


def account(planted: Planted, name: str, *, client: str = "") -> dict[str, str]:
    """A person's Google account as gcloud writes it, perhaps with an OAuth client of its own."""
    found = {
        "type": "authorized_user",
        "refresh_token": planted.plant(f"refresh token of the {name}", "1//0"),
        "project_id": "planted-project",
    }
    if client:
        secret = planted.plant(f"client secret of the {name}")
        found |= {"client_id": client, "client_secret": secret}
    return found
