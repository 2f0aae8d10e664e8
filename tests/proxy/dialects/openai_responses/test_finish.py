from __future__ import annotations

import pytest

from proxy.dialects.openai_responses import finish
from proxy.ir import FinishReason


@pytest.mark.parametrize("reason", FinishReason)
def test_every_reason_can_be_told(reason: FinishReason) -> None:
    why = finish.write(reason, refused=False)
    assert why in (None, "max_output_tokens", "content_filter")
    assert finish.write(FinishReason.REFUSED, refused=True) is None


@pytest.mark.parametrize("status", [[], {}, 5, "odd"])
def test_an_odd_status_is_no_end(status: object) -> None:
    assert not finish.ended({"status": status})
    assert finish.ended({})
