"""Which names work here, what they cost and where they go."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from keys import services
from panel import bridge
from panel.bridge import ModelRow, Place, Resolution
from tests.support.namebook import AWAY, READY, Running, Table, running, table

__all__ = ["running", "table"]

pytestmark = pytest.mark.django_db

PAGE = "/panel/models"
HTMX = {"HX-Request": "true"}
EVIL = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def known(running: Running, table: Table) -> None:
    chat = Place("deep", "deep-chat-v3", "openai_chat", True)
    running.rows = [
        ModelRow("chat", "chat", (chat,)),
        ModelRow("fast", "gemini-2.5-pro", (READY,), alias_of="gemini-2.5-pro"),
        ModelRow("gemini-2.5-pro", "gemini-2.5-pro", (READY,), variants=("gemini-2.5-pro-high",)),
        ModelRow("lonely", "lonely", (AWAY,)),
        ModelRow("old-lite", "old-lite", (READY,), excluded="*-lite"),
        ModelRow(EVIL, EVIL, ()),
    ]


def names(page: str) -> list[str]:
    return re.findall(r'<a class="name mono"[^>]*>([^<]*)</a>', page)


def row(page: str, name: str) -> str:
    """The text of a row, without its tags."""
    found = next(each for each in page.split("<tr>") if f">{name}</a>" in each)
    return " ".join(re.sub(r"<[^>]*>", " ", found.partition("</tr>")[0]).split())


def test_it_shows_where_a_name_goes_and_what_it_costs(inside: Client) -> None:
    services.set_cost("chat", 1_234)
    page = inside.get(PAGE).content.decode()
    assert row(page, "chat") == "chat deep OpenAI Chat → deep-chat-v3 1,234 listed try"
    assert row(page, "gemini-2.5-pro").startswith(
        "gemini-2.5-pro 1 variant listed gemini-2.5-pro-high gemini Gemini 10 listed"
    )
    assert "alias of gemini-2.5-pro gemini Gemini → gemini-2.5-pro 10" not in row(page, "fast")
    assert "alias of gemini-2.5-pro" in row(page, "fast")
    assert row(page, "lonely").endswith("no credential")
    assert row(page, "old-lite").endswith("hidden *-lite")


def test_a_name_is_text_and_nothing_else(inside: Client, running: Running) -> None:
    running.answers[EVIL] = Resolution(EVIL, code="invalid_request", reason=EVIL)
    page = inside.get(PAGE, {"name": EVIL, "q": "img"}).content.decode()
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=") >= 3
    assert names(page) == ["&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "GEMINI"}, ["fast", "gemini-2.5-pro"]),
        ({"show": "hidden"}, ["old-lite"]),
        ({"show": "aliases"}, ["fast"]),
        ({"provider": "deep"}, ["chat"]),
        ({"provider": "gemini", "show": "listed"}, ["fast", "gemini-2.5-pro"]),
        ({"q": "nothing like it"}, []),
    ],
)
def test_filters_live_in_the_address(
    inside: Client, query: dict[str, str], shown: list[str]
) -> None:
    assert names(inside.get(PAGE, query).content.decode()) == shown
    part = inside.get(PAGE, query, headers=HTMX | {"HX-Target": "models"}).content.decode()
    assert "<html" not in part
    assert names(part) == shown


@pytest.mark.parametrize(
    ("page", "first", "shown"), [("", 0, 60), ("2", 60, 60), ("3", 120, 1), ("99", 120, 1)]
)
def test_long_lists_have_pages(
    inside: Client, running: Running, page: str, first: int, shown: int
) -> None:
    running.rows = [ModelRow(f"m{n:03}", f"m{n:03}", (READY,)) for n in range(121)]
    text = inside.get(PAGE, {"page": page, "show": "listed"}).content.decode()
    assert names(text) == [f"m{n:03}" for n in range(first, first + shown)]
    assert ("?show=listed&amp;page=2" in text) is (page != "2")


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 50, "٣"])
def test_a_page_that_cannot_be_is_the_nearest(inside: Client, number: str) -> None:
    assert inside.get(PAGE, {"page": number}).status_code == 200


def test_a_name_is_explained(inside: Client, running: Running) -> None:
    services.set_cost("gemini-*pro*", 12)
    running.answers["x"] = Resolution(
        "x",
        base="gemini-2.5-pro",
        alias_of="gemini-2.5-pro-high",
        variant=(("anti_truncation", ""), ("effort", "high")),
        places=(READY, AWAY),
        spare=(Place("spare", "s", "anthropic", True),),
        detours=(("gemini-2.5-flash", (READY,)),),
    )
    part = inside.get(PAGE, {"name": "x"}, headers=HTMX | {"HX-Target": "answer"})
    text = " ".join(re.sub(r"<[^>]*>", " ", part.content.decode()).split())
    assert "it is answered" in text
    assert "goes on when the token limit cuts it · thinks high" in text
    assert "24 units because of gemini-*pro* , doubled" in text
    assert "1. gemini Gemini 2. vertex Gemini no credential" in text
    assert "spare" not in text
    assert "gemini-2.5-flash" in text


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Resolution("x", code="model_not_found"), "404: no provider has this name"),
        (Resolution("x", excluded="*", code="model_not_found"), "404: * is on the list"),
        (Resolution("x", code="invalid_request", reason="Too long."), "400: Too long."),
        (Resolution("x", base="x", places=(AWAY,)), "503: none of its providers"),
    ],
)
def test_a_refusal_says_why(
    inside: Client, running: Running, answer: Resolution, sentence: str
) -> None:
    running.answers["x"] = answer
    page = inside.get(PAGE, {"name": "x"}).content.decode()
    assert sentence in page
    assert "it is answered" not in page


@pytest.mark.parametrize("name", ["a" * 3_000, "\x00", "汉字", "%s"])
def test_any_text_is_explained(inside: Client, name: str) -> None:
    assert inside.get(PAGE, {"name": name}).status_code == 200


def test_without_a_gateway_it_says_so(inside: Client, running: Running) -> None:
    running.late = True
    assert "did not answer in time" in inside.get(PAGE).content.decode()
    bridge.install(None)
    page = inside.get(PAGE, {"name": "x"}).content.decode()
    assert page.count("does not run in this process") == 2
    assert 'name="text" id="aliases-text"' in page


def test_a_gateway_without_models_says_what_to_do(inside: Client, running: Running) -> None:
    running.rows = []
    assert "No names yet" in inside.get(PAGE).content.decode()
