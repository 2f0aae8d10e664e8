"""JSON in a variable."""

from __future__ import annotations

import base64
import textwrap

import pytest

from credentials.importers import blob
from credentials.importers.entry import BadFile

TEXT = '{"a": "' + "ÿ?" * 40 + '"}'
PLAIN = base64.b64encode(TEXT.encode()).decode()


@pytest.mark.parametrize(
    "value",
    [
        TEXT,
        PLAIN,
        PLAIN.rstrip("="),
        base64.urlsafe_b64encode(TEXT.encode()).decode(),
        "\n".join(textwrap.wrap(PLAIN, 76)),
    ],
)
def test_json_as_it_is_or_in_base64(value: str) -> None:
    assert blob.decode(f" {value}\n") == {"a": "ÿ?" * 40}


@pytest.mark.parametrize("value", ["", "planted", "{planted", "[" * 10_000, "cGxhbnRlZA==", "ключ"])
def test_else_it_is_refused_and_not_quoted(value: str) -> None:
    with pytest.raises(BadFile, match="neither JSON") as caught:
        blob.decode(value)
    assert "planted" not in str(caught.value)


def test_a_huge_value_is_refused() -> None:
    with pytest.raises(BadFile, match="1 MB"):
        blob.decode("x" * (2 << 20))
