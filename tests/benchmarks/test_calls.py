"""Counts of two runs as calls per request."""

from __future__ import annotations

from benchmarks.calls import per_request

HEADS = "on_headers_complete (uvicorn/protocols/http/httptools_impl.py)"


def test_what_a_start_costs_is_no_request() -> None:
    few = {HEADS: 10, "start (a.py)": 500, "parse (b.py)": 20}
    many = {HEADS: 110, "start (a.py)": 500, "parse (b.py)": 220, "tick (c.py)": 2}
    assert per_request(few, many) == {"parse (b.py)": 2.0, HEADS: 1.0}
