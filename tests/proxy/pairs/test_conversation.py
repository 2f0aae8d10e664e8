"""A conversation of five turns with tools, between clients and upstreams of any two dialects.

Nobody remembers anything: all that an upstream is told again has been through the client. Where
the client is streamed to, the upstream streams, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from proxy.dialects.base import Codec, Loss
from proxy.ir import Batch, Dialect
from proxy.signatures import standard
from tests.proxy.pairs import tongues
from tests.proxy.pairs.clients import CLIENTS, PICTURE, Result
from tests.proxy.pairs.streams import streamed
from tests.proxy.pairs.tongues import CODECS, MODELS
from tests.proxy.pairs.upstreams import Said, Seen, answer, seen

CHAT, RESPONSES = Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES
ANTHROPIC, GEMINI = Dialect.ANTHROPIC, Dialect.GEMINI
PAIRS = [(client, upstream) for client in CODECS for upstream in CODECS]

TURNS = [
    Said("let me look", "", (1,), "EqoB+/8A"),
    Said("", "both", (2, 3), "EqoB+/8B"),
    Said("again", "", (4, 5), "EqoB+/8C"),
    Said("once more", "one", (6,), "EqoB+/8D"),
    Said("", "done", (), "EqoB+/8E"),
]
RESULTS = [
    [Result("a cat")],
    [Result("no such file", is_error=True), Result("a dog", picture=True)],
    [Result("a bird"), Result("a fish")],
    [Result("a tree")],
]

UNCARRIED = {
    (client, upstream)
    for client in (CHAT, GEMINI)
    for upstream in (RESPONSES, ANTHROPIC)
    if client is not upstream
}
"""Chat and Gemini have a place for Gemini's proofs only, and lose those of thoughts."""

LATE = {(ANTHROPIC, GEMINI), (ANTHROPIC, CHAT)}
"""In a stream the proof of the last text comes after it, and an Anthropic client takes the last
block for the answer: it is a loss (`proxy/dialects/anthropic/shown.py`). Gemini does without."""

UNASKED = {(client, CHAT) for client in CODECS if client is not CHAT}
"""Of other dialects Chat's messages take the proofs of calls, not that of a text."""


class Talk:
    """One conversation: `seen` is what the upstream was told, `lost` what was lost, by turn."""

    def __init__(self, client: Dialect, upstream: Dialect, *, streams: bool) -> None:
        self._client = CLIENTS[client]("What is there?")
        self._codec, self._upstream = CODECS[client], CODECS[upstream]
        self._streams = streams
        self.seen: list[Seen] = []
        self.asked: list[set[str]] = []
        self.told: list[set[str]] = []

    def ask(self) -> Seen:
        body = self._client.body()
        request = self._codec.parse_request(body, model="m")
        wanted = replace(request, model=MODELS[self._upstream.name])
        rendered = self._upstream.render_request(wanted)
        self.asked.append(fields(rendered.losses))
        self.seen.append(seen(self._upstream.name, rendered.body))
        return self.seen[-1]

    def tell(self, said: Said) -> None:
        events = self._heard(answer(self._upstream.name, said))
        request = self._codec.parse_request(self._client.body(), model="m")
        if self._streams:
            renderer = self._codec.event_renderer(request)
            self._client.follow(b"".join(each for each in _sent(renderer, events)))
            self.told.append(fields(renderer.losses))
        else:
            rendered = self._codec.render_response(events, request)
            self._client.hear(rendered.body)
            self.told.append(fields(rendered.losses))

    def _heard(self, whole: Any) -> Batch:
        if not self._streams:
            return self._upstream.parse_response(whole)
        return tongues.streamed(self._upstream, streamed(self._upstream.name, whole))

    def answer(self, results: list[Result]) -> None:
        self._client.answer(results)


def _sent(renderer: Any, events: list[Any]) -> Iterator[bytes]:
    for event in events:
        yield renderer.feed([event])
    yield renderer.flush()


def fields(losses: list[Loss]) -> set[str]:
    return {loss.field for loss in losses}


def held(client: Dialect, upstream: Dialect, *, streams: bool) -> Talk:
    talk = Talk(client, upstream, streams=streams)
    for said, results in zip(TURNS, [*RESULTS, []], strict=True):
        talk.ask()
        talk.tell(said)
        if results:
            talk.answer(results)
    talk.ask()
    return talk


BOTH = pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
EVERY = pytest.mark.parametrize(("client", "upstream"), PAIRS)


@BOTH
@EVERY
def test_calls_and_results_are_linked_by_ids(
    client: Dialect, upstream: Dialect, streams: bool
) -> None:
    talk = held(client, upstream, streams=streams)
    for turn, told in enumerate(talk.seen):
        numbers = [n for said in TURNS[:turn] for n in said.calls]
        texts = [result.text for results in RESULTS[:turn] for result in results]
        assert [n for n, _, _ in told.calls] == numbers
        ids = [id for _, id, _ in told.calls]
        assert len(set(ids)) == len(ids)
        assert told.results == list(zip(ids, texts, strict=True))


@BOTH
@EVERY
def test_the_upstream_gets_its_own_ids_again(
    client: Dialect, upstream: Dialect, streams: bool
) -> None:
    first, last = (
        held(upstream, upstream, streams=streams),
        held(client, upstream, streams=streams),
    )
    if upstream is not GEMINI:
        assert [call[:2] for call in last.seen[-1].calls] == [c[:2] for c in first.seen[-1].calls]


@BOTH
@EVERY
def test_texts_and_pictures_come_back(client: Dialect, upstream: Dialect, streams: bool) -> None:
    talk = held(client, upstream, streams=streams)
    for turn, told in enumerate(talk.seen):
        # Clients of Gemini send a text back in the pieces that it came in.
        assert "".join(told.texts) == "".join(each.text for each in TURNS[:turn])
        assert told.pictures == ([PICTURE] if turn >= 2 else [])


@BOTH
@EVERY
def test_proofs_come_back_to_their_parts_byte_for_byte(
    client: Dialect, upstream: Dialect, streams: bool
) -> None:
    talk = held(client, upstream, streams=streams)
    lost, late = (client, upstream) in UNCARRIED, streams and (client, upstream) in LATE
    assert ("signature" in set.union(*talk.told)) is (lost or late)
    unsaid = late or (client, upstream) in UNASKED
    for turn, told in enumerate(talk.seen):
        so_far = TURNS[:turn]
        if upstream in (GEMINI, CHAT):
            firsts = {said.calls[0]: said.proof for said in so_far if said.calls}
            assert [(n, standard(proof)) for n, _, proof in told.calls] == [
                (n, firsts.get(n, "")) for said in so_far for n in said.calls
            ]
            ends = [said.proof for said in so_far if not said.calls]
            assert [standard(proof) for proof in told.proofs] == ([] if unsaid else ends)
        else:
            assert told.proofs == ([] if lost else [said.proof for said in so_far])
            assert not any(proof for _, _, proof in told.calls)
        if client is not upstream:
            # Within a dialect a client's own spelling of base64 passes as it came.
            assert not any({*"-_"} & {*proof} for _, _, proof in told.calls)


@EVERY
def test_what_was_lost_on_the_way_is_told(client: Dialect, upstream: Dialect) -> None:
    talk = held(client, upstream, streams=False)
    assert set.union(*talk.told) <= {"signature"}
    unasked = {"signature"} if (client, upstream) in UNASKED else set()
    assert set.union(*talk.asked) <= {"is_error", "thinking"} | unasked
    assert unasked <= set.union(*talk.asked)


@EVERY
def test_an_error_is_an_error_or_told_to_be_lost(client: Dialect, upstream: Dialect) -> None:
    talk = held(client, upstream, streams=False)
    says = client in (ANTHROPIC, GEMINI)
    reads = upstream in (ANTHROPIC, GEMINI)
    assert ("is_error" in set.union(*talk.asked)) is (says and not reads)


def test_every_codec_is_part_of_it() -> None:
    codecs: list[Codec] = list(CODECS.values())
    assert len(PAIRS) == len(codecs) ** 2 == 16
