from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from panel import flow


def pieces(made: list[int]) -> Iterator[bytes]:
    for number in range(3):
        made.append(number)
        yield str(number).encode()


def test_it_is_a_file_that_nobody_keeps() -> None:
    made: list[int] = []
    answer = flow.attached(RequestFactory().get("/"), pieces(made), "text/csv", "a.csv")
    assert made == []
    assert cast(StreamingHttpResponse, answer).getvalue() == b"012"
    assert answer["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv", "no-store")


def test_an_asynchronous_server_gets_each_piece_when_it_asks() -> None:
    made: list[int] = []

    async def story() -> tuple[bytes, list[int]]:
        request = AsyncRequestFactory().get("/")
        answer = flow.attached(request, pieces(made), "text/csv", "a.csv")
        assert isinstance(answer, StreamingHttpResponse) and answer.is_async
        coming = cast(AsyncIterator[bytes], answer.streaming_content)
        first, so_far = await anext(coming), list(made)
        return first + b"".join([each async for each in coming]), so_far

    assert async_to_sync(story)() == (b"012", [0])
