"""Images become links in the text, and the text stays what it was."""

from __future__ import annotations

import pytest

from proxy.images.linking import Linker
from proxy.images.reply import ImageReply
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Delta,
    Dialect,
    Finish,
    FinishReason,
    Media,
    Open,
    Piece,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
)
from proxy.registry import BY_DIALECT
from proxy.stages.image_links import image_links, wanted
from tests.proxy.images.test_linking import gallery, picture
from tests.proxy.stages.scripted import Scripted, heard

ASKED = Request(model="m", turns=())
PNG = Media("image/png", picture().data, signature=Signature(Dialect.GEMINI, "c2ln"))
LINKED = Media("", url="https://x/a (1).png")
LINK = "![image](https://x/a%20%281%29.png)"
ANSWER: Batch = [
    Start("r", "m"),
    Open(0, Thinking("hm")),
    Close(0),
    Open(1, Text("Here")),
    Delta(1, " is"),
    Close(1),
    Open(2, LINKED),
    Close(2),
    Open(3, Text("")),
    Delta(3, "done"),
    Close(3),
    Cite((Citation("https://c", start=0, end=7), Citation("https://d", start=7, end=11))),
    Finish(FinishReason.STOP),
]


async def shown(events: Batch, *, keep: bool = False, linker: Linker | None = None) -> Batch:
    lost: list[str] = []
    stage = image_links(linker or Linker(None, ""), keep=keep, lose=lost.append)
    exchange = Scripted(events)
    found = await heard(stage, exchange, ASKED)
    return [*found, *([Open(99, Text(",".join(lost)))] if lost else [])]


def chat(events: Batch) -> dict[str, object]:
    body = BY_DIALECT[Dialect.OPENAI_CHAT].codec.render_response(events, ASKED).body
    message: dict[str, object] = body["choices"][0]["message"]
    return message


async def test_a_link_is_a_paragraph_of_its_own() -> None:
    message = chat(await shown(ANSWER))
    assert message["content"] == f"Here is\n\n{LINK}\n\ndone"
    assert "images" not in message


async def test_citations_stay_where_they_were() -> None:
    text = chat(ANSWER)["content"]
    before = [(0, 7), (7, 11)]
    after = chat(await shown(ANSWER))
    assert isinstance(text, str)
    content, notes = after["content"], after["annotations"]
    assert isinstance(content, str)
    assert isinstance(notes, list)
    places = [(n["url_citation"]["start_index"], n["url_citation"]["end_index"]) for n in notes]
    assert [content[a:b].strip() for a, b in places] == [text[a:b] for a, b in before]


async def test_both_keep_the_image_too() -> None:
    message = chat(await shown(ANSWER, keep=True))
    assert message["content"] == f"Here is\n\n{LINK}\n\ndone"
    assert isinstance(message["images"], list)


async def test_nothing_stands_before_a_link_that_comes_first() -> None:
    events: Batch = [Open(0, LINKED), Close(0), Open(1, LINKED), Close(1)]
    assert chat(await shown(events))["content"] == f"{LINK}\n\n{LINK}"


async def test_data_is_linked_to_where_it_is_stored() -> None:
    events: Batch = [Open(0, PNG), Close(0, Signature(Dialect.GEMINI, "x"))]
    first, _, told = await shown(events, linker=Linker(gallery(), "http://here"))
    assert isinstance(first, Open)
    assert isinstance(first.part, Text)
    assert first.part.text.startswith("![image](http://here/media/")
    # A proof of an image proves nothing about a link.
    assert told == Open(99, Text("signature,signature"))


async def test_without_a_gallery_the_image_stays_and_the_client_is_told() -> None:
    *events, told = await shown([Open(0, PNG), Close(0)])
    assert events == [Open(0, PNG), Close(0)]
    assert told == Open(99, Text("markdown"))


async def test_every_candidate_has_its_own_text() -> None:
    events: Batch = [Open(0, Text("a")), Close(0), Open(1, LINKED, 1), Close(1)]
    found = await shown(events)
    assert found == [Open(0, Text("a")), Close(0), Open(1, Text(LINK), 1), Close(1)]


async def test_sound_is_no_image() -> None:
    events: Batch = [Open(0, Media("audio/wav", "aGk=")), Close(0)]
    assert await shown(events) == events


async def test_what_passes_untouched_stays_so() -> None:
    stage = image_links(Linker(None, ""), keep=False, lose=None)
    piece = Piece([Open(0, LINKED)], b"raw")

    async def exchange(request: Request):  # type: ignore[no-untyped-def]
        yield piece

    assert [found async for found in stage(exchange)(ASKED)] == [piece]


@pytest.mark.parametrize(
    ("dialect", "reply"),
    [
        (Dialect.OPENAI_CHAT, ImageReply.IMAGES),
        (Dialect.OPENAI_RESPONSES, ImageReply.IMAGES),
        (Dialect.GEMINI, ImageReply.IMAGES),
        (Dialect.ANTHROPIC, ImageReply.BOTH),
        (Dialect.OPENAI_COMPLETIONS, ImageReply.MARKDOWN),
    ],
)
def test_only_chat_has_the_choice(dialect: Dialect, reply: ImageReply) -> None:
    assert wanted(dialect, ImageReply.IMAGES) is reply
    if dialect is Dialect.OPENAI_CHAT:
        assert {wanted(dialect, each) for each in ImageReply} == set(ImageReply)
