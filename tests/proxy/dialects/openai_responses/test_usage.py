from __future__ import annotations

from proxy.dialects.openai_responses import usage
from proxy.ir import Dialect, Opaque, Usage

WIRE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 17,
    "cost_in_usd_ticks": 5,
}


def test_counts_are_read_and_written() -> None:
    kept = {"cost_in_usd_ticks": 5, "input_tokens_details.cache_write_tokens": 2}
    found = usage.read(WIRE)
    assert found == Usage(10, 7, 4, 3, Opaque(Dialect.OPENAI_RESPONSES, kept))
    assert usage.write(found) == WIRE


def test_what_is_no_count_is_unsaid() -> None:
    wire = {
        "input_tokens": "many",
        "output_tokens": -1,
        "input_tokens_details": {"cached_tokens": True},
    }
    assert usage.read(wire) == Usage()


def test_codex_gets_all_sums() -> None:
    assert usage.write(Usage()) == {
        "input_tokens": 0,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 0,
    }
