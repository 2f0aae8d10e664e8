"""Pictures in a folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from proxy.images.local import LocalStore
from proxy.images.store import Stored, StoreDown
from tests.support.moment import Clock


def store(folder: Path, clock: Clock, *, size: int = 1_000) -> LocalStore:
    return LocalStore(folder, size=size, lifetime=timedelta(hours=1), clock=clock)


async def test_another_process_reads_what_was_put(tmp_path: Path) -> None:
    clock = Clock()
    name = await store(tmp_path / "a" / "b", clock).put(b"data", "image/png")
    neighbour = store(tmp_path / "a" / "b", clock)
    assert await neighbour.get(name) == Stored("image/png", b"data")
    assert await neighbour.link(name) is None


async def test_only_the_gateway_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    name = await store(folder, Clock()).put(b"data", "image/png")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == [name]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "", ".", "a" * 32 + ".png/../x"])
async def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.png").write_text("secret")
    assert await store(tmp_path / "images", Clock()).get(name) is None


async def test_an_unknown_name_is_nothing(tmp_path: Path) -> None:
    assert await store(tmp_path, Clock()).get("0" * 32 + ".png") is None


async def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / ("0" * 32 + ".png")).symlink_to(tmp_path / "secret")
    with pytest.raises(StoreDown):
        await store(tmp_path, Clock()).get("0" * 32 + ".png")


async def test_it_expires_and_is_pruned(tmp_path: Path) -> None:
    clock = Clock()
    local = store(tmp_path, clock)
    old = await local.put(b"x", "image/png")
    clock.pass_(minutes=30)
    new = await local.put(b"x", "image/png")
    clock.pass_(minutes=30)
    assert await local.get(old) is None
    assert await local.get(new) is not None
    assert await local.prune(clock()) == 1
    assert [each.name for each in tmp_path.iterdir()] == [new]


async def test_when_the_folder_is_full_the_oldest_go(tmp_path: Path) -> None:
    clock = Clock()
    local = store(tmp_path, clock, size=250)
    names = []
    for _ in range(4):
        names.append(await local.put(bytes(100), "image/png"))
        clock.pass_(minutes=1)
    assert await local.prune(clock()) == 2
    assert {each.name for each in tmp_path.iterdir()} == set(names[2:])


async def test_a_dead_writers_draft_goes_and_other_peoples_files_stay(tmp_path: Path) -> None:
    clock = Clock()
    draft, other, part = "." + "0" * 16 + ".part", "holiday.png", "film.part"
    for name in (draft, other, part):
        (tmp_path / name).write_text("x")
    clock.pass_(days=36_500)
    assert await store(tmp_path, clock).prune(clock()) == 1
    assert {each.name for each in tmp_path.iterdir()} == {other, part}


async def test_a_folder_that_is_not_there_yet_needs_no_pruning(tmp_path: Path) -> None:
    clock = Clock()
    assert await store(tmp_path / "images", clock).prune(clock()) == 0


async def test_a_folder_that_cannot_be_used_says_so_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreDown, match=r"^The folder of pictures cannot be used: [^/]*$"):
        await store(tmp_path / "file", Clock()).put(b"x", "image/png")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
