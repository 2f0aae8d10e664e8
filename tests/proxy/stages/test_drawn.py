"""An answer of the images endpoint has an image, or is an error that costs nothing."""

from __future__ import annotations

import pytest

from proxy.dialects.openai_images.delivery import Delivery
from proxy.errors import ErrorKind, GatewayError
from proxy.images.linking import Linker
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Finish,
    FinishReason,
    Media,
    Open,
    Piece,
    Request,
    Start,
    Text,
)
from proxy.stages.drawn import drawn
from tests.proxy.images.test_linking import gallery, picture

ASKED = Request(model="m", turns=())
PNG = Media("image/png", picture().data)
BOTH = Delivery(data=True, url=True)
TALK: Batch = [Start("r", "m"), Open(0, Text("I")), Delta(0, " can't"), Close(0)]
IMAGE: Batch = [Open(1, PNG), Close(1), Finish(FinishReason.STOP)]


async def answered(
    *batches: Batch, delivery: Delivery = BOTH, linker: Linker | None = None
) -> tuple[list[Batch], list[str]]:
    async def exchange(request: Request):  # type: ignore[no-untyped-def]
        for batch in batches:
            yield Piece(batch)

    lost: list[str] = []
    stage = drawn(linker or Linker(gallery(), "http://here"), delivery, lost.append)
    return [piece.events async for piece in stage(exchange)(ASKED)], lost


def image(pieces: list[Batch]) -> Media:
    found = [event.part for batch in pieces for event in batch if isinstance(event, Open)]
    media = found[-1]
    assert isinstance(media, Media)
    return media


async def test_nothing_leaves_before_there_is_an_image() -> None:
    pieces, _ = await answered(TALK, IMAGE[:1], IMAGE[1:])
    assert [len(piece) for piece in pieces] == [len(TALK) + 1, 2]


@pytest.mark.parametrize(
    ("data", "url"), [(True, True), (False, True), (True, False)], ids=["both", "url", "data"]
)
async def test_an_image_comes_as_it_is_wanted(data: bool, url: bool) -> None:
    pieces, lost = await answered(IMAGE, delivery=Delivery(data, url))
    media = image(pieces)
    assert (bool(media.data), media.url.startswith("http://here/media/")) == (data, url)
    assert lost == []


async def test_without_a_gallery_the_image_itself_is_given() -> None:
    pieces, lost = await answered(IMAGE, delivery=Delivery(False, True), linker=Linker(None, ""))
    assert image(pieces) == PNG
    assert lost == ["response_format"]
    _, lost = await answered(IMAGE, linker=Linker(None, ""))
    assert lost == []


async def test_the_models_words_are_for_the_caller_and_not_for_the_log() -> None:
    with pytest.raises(GatewayError) as refused:
        await answered(TALK, [Finish(FinishReason.STOP)])
    error = refused.value
    assert error.kind is ErrorKind.UPSTREAM_REJECTED
    assert "can't" not in error.message
    assert error.quoted is not None
    assert b"It said: I can't" in error.quoted.body


async def test_a_refusal_is_called_one() -> None:
    with pytest.raises(GatewayError, match="refused to draw") as refused:
        await answered([Start("r", "m"), Finish(FinishReason.FILTERED)])
    assert refused.value.quoted is None


async def test_many_words_are_cut() -> None:
    with pytest.raises(GatewayError) as refused:
        await answered([Open(0, Text("x" * 2_000))])
    assert refused.value.quoted is not None
    assert len(refused.value.quoted.body) < 1_000


async def test_what_passes_untouched_stays_so() -> None:
    async def exchange(request: Request):  # type: ignore[no-untyped-def]
        yield Piece([], b"raw")

    lost: list[str] = []
    stage = drawn(Linker(None, ""), BOTH, lost.append)
    assert [piece.raw async for piece in stage(exchange)(ASKED)] == [b"raw"]
