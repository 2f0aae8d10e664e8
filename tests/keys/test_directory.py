from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from keys import secret
from keys.directory import Change, Changes, Directory, Grant

PEPPER = b"pepper"


class Shelf:
    """Stands for the database: what `load` answers, and how often it was asked."""

    def __init__(self) -> None:
        self.changes: list[Changes] = []
        self.asked: list[int] = []
        self.broken = False

    def load(self, since: int) -> Changes | None:
        self.asked.append(since)
        if self.broken:
            raise OSError("away")
        return self.changes.pop(0) if self.changes else None

    def put(self, key_id: int, text: str, *, gone: bool = False, whole: bool = False) -> None:
        grant = None if gone else Grant(key_id, f"key {key_id}")
        change = Change(key_id, secret.digest(text, PEPPER), grant)
        self.changes.append(Changes(len(self.asked), [change], whole))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def directory(shelf: Shelf) -> Iterator[Directory]:
    with ThreadPoolExecutor(1) as executor:
        yield Directory(PEPPER, shelf.load, executor, patience=0)


async def test_a_key_is_found_by_its_text(shelf: Shelf, directory: Directory) -> None:
    text = secret.mint()
    shelf.put(7, text)
    assert directory.find(text) is None
    assert await directory.refresh()
    assert directory.find(text) == Grant(7, "key 7")
    assert directory.find(secret.mint()) is None


async def test_only_what_changed_is_asked_for(shelf: Shelf, directory: Directory) -> None:
    shelf.changes = [Changes(5, [], whole=True), Changes(8, [])]
    assert [await directory.refresh() for _ in range(3)] == [True, True, False]
    assert shelf.asked == [-1, 5, 8]


async def test_a_key_that_is_gone_is_not_found(shelf: Shelf, directory: Directory) -> None:
    text = secret.mint()
    shelf.put(7, text)
    shelf.put(7, text, gone=True)
    await directory.refresh()
    await directory.refresh()
    assert directory.find(text) is None
    assert len(directory) == 0


async def test_a_new_text_replaces_the_old_one(shelf: Shelf, directory: Directory) -> None:
    old, new = secret.mint(), secret.mint()
    shelf.put(7, old)
    shelf.put(7, new)
    await directory.refresh()
    await directory.refresh()
    assert directory.find(old) is None
    assert directory.find(new) is not None


async def test_a_whole_answer_forgets_the_rest(shelf: Shelf, directory: Directory) -> None:
    lost = secret.mint()
    shelf.put(7, lost)
    shelf.put(8, secret.mint(), whole=True)
    await directory.refresh()
    await directory.refresh()
    assert directory.find(lost) is None
    assert len(directory) == 1


async def test_a_key_made_a_moment_ago_is_found(shelf: Shelf, directory: Directory) -> None:
    text = secret.mint()
    shelf.put(7, text)
    assert await directory.find_or_refresh(text) == Grant(7, "key 7")
    await directory.find_or_refresh(text)
    assert len(shelf.asked) == 1


async def test_a_text_that_is_no_key_asks_nobody(shelf: Shelf, directory: Directory) -> None:
    assert await directory.find_or_refresh("' OR 1=1 --") is None
    assert shelf.asked == []


async def test_many_misses_share_one_look(shelf: Shelf) -> None:
    with ThreadPoolExecutor(1) as executor:
        directory = Directory(PEPPER, shelf.load, executor, patience=0.05)
        misses = (directory.find_or_refresh(secret.mint()) for _ in range(100))
        assert await asyncio.gather(*misses) == [None] * 100
    assert len(shelf.asked) == 1


async def test_known_keys_work_while_the_database_is_away(
    shelf: Shelf, directory: Directory
) -> None:
    text = secret.mint()
    shelf.put(7, text)
    await directory.refresh()
    shelf.broken = True
    assert await directory.find_or_refresh(secret.mint()) is None
    assert directory.find(text) is not None
    with pytest.raises(OSError, match="away"):
        await directory.refresh()
