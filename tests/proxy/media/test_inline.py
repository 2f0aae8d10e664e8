"""Files that a request names by URL are brought into it, all or none."""

from __future__ import annotations

import asyncio
import base64

import pytest

from proxy.dialects.base import JSON
from proxy.errors import GatewayError, invalid
from proxy.ir import Dialect, Media, Opaque, Part, Request, Role, Text, ToolResult, Turn
from proxy.media.fetch import Fetched
from proxy.media.inline import Allowance, inlined
from proxy.registry import BY_DIALECT
from tests.support.filehost import PNG

URL = "https://example.com/a.png"
DATA = base64.b64encode(PNG).decode()


class Web:
    """A fetch that answers from memory. `most` is how many it was asked for at the same time."""

    def __init__(self, *, refuses: str = "", hangs: bool = False, data: bytes = PNG) -> None:
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.most = self._now = 0
        self._refuses, self._hangs, self._data = refuses, hangs, data

    async def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await (asyncio.Event().wait() if self._hangs else asyncio.sleep(0))
            if url == self._refuses:
                raise invalid("No.")
        except asyncio.CancelledError:
            self.cancelled.append(url)
            raise
        finally:
            self._now -= 1
        return Fetched("image/png", self._data)


def question(*parts: Part) -> Request:
    return Request(model="m", turns=(Turn(Role.SYSTEM, (Text("s"),)), Turn(Role.USER, parts)))


async def test_a_url_becomes_data_and_all_else_stays() -> None:
    opaque = Opaque(Dialect.OPENAI_CHAT, {"x": 1})
    before = Media("", url=URL, name="a", detail="low", opaque=opaque)
    found = await inlined(question(Text("what?"), before), Web())
    after = Media("image/png", data=DATA, name="a", detail="low", opaque=opaque)
    assert found == question(Text("what?"), after)


async def test_pictures_in_a_tools_result_are_brought_too() -> None:
    found = await inlined(question(ToolResult("1", (Text("t"), Media("", url=URL)))), Web())
    assert found == question(ToolResult("1", (Text("t"), Media("image/png", data=DATA))))


@pytest.mark.parametrize(
    "url",
    [
        "gs://bucket/a.png",
        "https://generativelanguage.googleapis.com/v1beta/files/abc",
        "https://www.youtube.com/watch?v=1",
        "data:image/png;base64,AA==",
        "file-123",
    ],
)
async def test_what_is_not_for_the_gateway_stays(url: str) -> None:
    web, request = Web(), question(Media("", url=url), Media("image/png", data="AA=="))
    assert await inlined(request, web) is request
    assert web.asked == []


async def test_whoever_reads_urls_itself_can_keep_them() -> None:
    request = question(Media("", url=URL))
    assert await inlined(request, Web(), keep=lambda url: True) is request


async def test_each_url_is_fetched_once() -> None:
    web = Web()
    found = await inlined(question(Media("", url=URL), Media("", url=URL, detail="low")), web)
    assert web.asked == [URL]
    assert [part.data for part in found.turns[1].parts if isinstance(part, Media)] == [DATA, DATA]


async def test_four_at_the_same_time() -> None:
    web = Web()
    await inlined(question(*(Media("", url=f"{URL}?{n}") for n in range(16))), web)
    assert (web.most, len(web.asked)) == (4, 16)


async def test_seventeen_are_refused_before_any_is_fetched() -> None:
    web = Web()
    with pytest.raises(GatewayError, match="at most 16 files"):
        await inlined(question(*(Media("", url=f"{URL}?{n}") for n in range(17))), web)
    assert web.asked == []


async def test_all_files_together_have_a_limit() -> None:
    request = question(Media("", url=URL), Media("", url=URL + "?2"))
    allowance = Allowance(size=2 * len(PNG) - 1)
    with pytest.raises(GatewayError, match="in all"):
        await inlined(request, Web(), allowance)


async def test_a_refusal_names_the_place() -> None:
    request = question(Text("t"), ToolResult("1", (Media("", url=URL),)))
    with pytest.raises(GatewayError, match=r"^turns\[1\]\.parts\[1\]\.parts\[0\]: No\.$") as caught:
        await inlined(request, Web(refuses=URL))
    assert caught.value.param == "turns[1].parts[1].parts[0]"


async def test_one_that_fails_stops_the_others() -> None:
    web, closed = Web(refuses=URL), list[str]()

    async def fetch(url: str) -> Fetched:
        if url == URL:
            return await web(url)
        try:
            await asyncio.Event().wait()
        finally:
            closed.append(url)
        raise AssertionError

    with pytest.raises(GatewayError, match="No"):
        await inlined(question(Media("", url=URL + "?2"), Media("", url=URL)), fetch)
    assert closed == [URL + "?2"]


async def test_a_client_that_leaves_stops_all() -> None:
    web = Web(hangs=True)
    request = question(*(Media("", url=f"{URL}?{n}") for n in range(6)))
    task = asyncio.get_running_loop().create_task(inlined(request, web))
    while len(web.asked) < 4:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(web.cancelled) == sorted(web.asked)
    assert len(web.asked) == 4


async def test_a_mistake_of_ours_is_not_hidden() -> None:
    async def fetch(url: str) -> Fetched:
        raise KeyError(url)

    with pytest.raises(KeyError):
        await inlined(question(Media("", url=URL)), fetch)


CHAT: JSON = {
    "model": "m",
    "messages": [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": URL}}]},
    ],
}
ANTHROPIC: JSON = {
    "model": "m",
    "max_tokens": 9,
    "messages": [
        {
            "role": "user",
            "content": [{"type": "image", "source": {"type": "url", "url": URL}}],
        }
    ],
}
RESPONSES: JSON = {
    "model": "m",
    "input": [{"role": "user", "content": [{"type": "input_image", "image_url": URL}]}],
}


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        (Dialect.OPENAI_CHAT, CHAT),
        (Dialect.ANTHROPIC, ANTHROPIC),
        (Dialect.OPENAI_RESPONSES, RESPONSES),
    ],
)
async def test_gemini_then_gets_inline_data(dialect: Dialect, body: JSON) -> None:
    request = BY_DIALECT[dialect].codec.parse_request(body)
    found = await inlined(request, Web())
    sent = BY_DIALECT[Dialect.GEMINI].codec.render_request(found).body["contents"]
    [part] = sent[0]["parts"]
    assert part == {"inlineData": {"mimeType": "image/png", "data": DATA}}
