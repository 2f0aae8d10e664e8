from __future__ import annotations

import pytest

from panel import reasons
from proxy.errors import ErrorKind

THEIRS = {
    ErrorKind.INVALID_REQUEST,
    ErrorKind.UNAUTHENTICATED,
    ErrorKind.FORBIDDEN,
    ErrorKind.PATH_NOT_FOUND,
    ErrorKind.MODEL_NOT_FOUND,
    ErrorKind.METHOD_NOT_ALLOWED,
    ErrorKind.TOO_LARGE,
    ErrorKind.QUOTA_EXHAUSTED,
    ErrorKind.RATE_LIMITED,
    ErrorKind.UPSTREAM_REJECTED,
    ErrorKind.CLIENT_GONE,
}


def test_it_is_decided_of_every_kind_whose_fault_it_is() -> None:
    ours = {kind for kind in ErrorKind if kind.value in reasons.OURS}
    assert ours | THEIRS == set(ErrorKind)
    assert not ours & THEIRS


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_is_explained(kind: ErrorKind) -> None:
    found = reasons.explain(kind.value)
    assert found.meaning
    assert found.advice
    assert kind.value not in found.meaning


def test_a_code_of_another_version_is_told_as_it_is() -> None:
    assert "brand_new" in reasons.explain("brand_new").meaning
    assert not reasons.explain("brand_new").ours
    assert reasons.explain("500").ours
