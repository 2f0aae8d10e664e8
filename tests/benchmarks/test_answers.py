"""Reading answers: whole ones at every cut, and the fault of a wrong one."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks import asks, replies
from benchmarks.answers import Malformed, Reader, fault, joined

KNOWN = replies.build(burst=5)
STREAM = b"".join(KNOWN.chat_stream)


@pytest.mark.parametrize("whole", [KNOWN.gemini, STREAM], ids=["length", "chunked"])
def test_it_knows_the_end_at_every_cut(whole: bytes) -> None:
    for cut in range(1, len(whole), 97):
        reader = Reader()
        assert reader.feed(whole[:cut]) is None
        assert reader.feed(whole[cut:]) == whole


def test_it_reads_one_answer_after_the_other() -> None:
    reader = Reader()
    assert [reader.feed(each) for each in (STREAM, KNOWN.chat)] == [STREAM, KNOWN.chat]


def test_it_refuses_an_answer_without_an_end() -> None:
    with pytest.raises(Malformed):
        Reader().feed(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")


def test_it_joins_chunks_that_cut_an_event() -> None:
    ask = asks.chat({}, stream=True)
    body = joined(STREAM)
    torn = b"".join(replies.frame(body[at : at + 7]) for at in range(0, len(body), 7))
    assert fault(ask, replies.head("text/event-stream") + torn + replies.LAST_FRAME) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (KNOWN.missing, "404"),
        (STREAM.replace(replies.MARKER.encode(), b"plates", 1), "49 of 50 chunks"),
        (STREAM.replace(b"[DONE]", b"[LOST]"), "no b'data: [DONE]'"),
    ],
    ids=["status", "chunk lost", "end lost"],
)
def test_it_says_what_is_wrong(answer: bytes, said: str) -> None:
    assert said in (fault(asks.chat({}, stream=True), answer) or "")


def test_an_ask_survives_the_way_to_the_load_process() -> None:
    ask = asks.gemini({"x-goog-api-key": "sk"}, stream=True)
    assert msgspec.json.decode(msgspec.json.encode(ask), type=asks.Ask) == ask
