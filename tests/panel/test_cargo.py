from __future__ import annotations

import asyncio
import io
import zipfile

import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory, Client

from panel import cargo
from tests.support.pool import Note, add, trail

__all__ = ["trail"]


@pytest.mark.django_db(transaction=True)
def test_an_archive_leaves_piece_by_piece_where_the_server_is_asynchronous(
    console: Client, trail: list[Note]
) -> None:
    ids = [add("one"), add("two")]
    answer = cargo.several(AsyncRequestFactory().get("/"), ids)
    assert isinstance(answer, StreamingHttpResponse)

    async def read() -> bytes:
        return b"".join([piece async for piece in answer])

    names = zipfile.ZipFile(io.BytesIO(asyncio.run(read()))).namelist()
    assert names == [f"{id}-gemini-gemini_api.json" for id in ids]
    assert [note.after["ids"] for note in trail] == [ids]
