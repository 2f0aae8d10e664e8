"""A body that is not a JSON object gets a sentence that says why."""

from __future__ import annotations

import pytest

from proxy.bodies import check, parse, replaced
from proxy.errors import ErrorKind, GatewayError

BAD = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"{", "not valid JSON", id="cut"),
    pytest.param(b"hello", "not valid JSON", id="text"),
    pytest.param(b"[1]", "", id="array"),
    pytest.param(b"null", "", id="null"),
    pytest.param(b'{"a":"\xff"}', "", id="invalid utf-8"),
    pytest.param(b'{"a":NaN}', "not valid JSON", id="NaN"),
    pytest.param(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeply", id="deep"),
]


@pytest.mark.parametrize("read", [parse, check])
@pytest.mark.parametrize(("body", "says"), BAD)
def test_it_refuses_what_is_no_object(read, body: bytes, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GatewayError) as caught:
        read(body)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert says in caught.value.message


def test_a_depth_of_64_is_fine() -> None:
    body = b'{"a":' * 64 + b"1" + b"}" * 64
    check(body)
    assert list(parse(body)) == ["a"]


def test_replacing_a_field_keeps_the_bytes_of_all_others() -> None:
    body = b'{"model": "a", "x": 1.00, "y": 12345678901234567890123, "z": {"b":  "\\u00e9"}}'
    out = replaced(body, "model", "b")
    assert b'"model":"b"' in out
    assert b"1.00" in out and b"12345678901234567890123" in out and b'{"b":  "\\u00e9"}' in out
