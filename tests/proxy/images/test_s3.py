"""Pictures in a bucket, against a server that speaks S3."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import pytest_asyncio

from proxy.images.bucket import Bucket, qiniu, tencent
from proxy.images.s3 import S3Store
from proxy.images.store import Stored, StoreDown
from tests.support import s3
from tests.support.moment import Clock

LIFETIME = timedelta(hours=1)


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3.bucket() as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    # The server dates what it stores by the real time.
    return Clock(datetime.now(UTC))


@pytest_asyncio.fixture
async def store(bucket: Bucket, clock: Clock) -> AsyncIterator[S3Store]:
    found = S3Store(bucket, lifetime=LIFETIME, clock=clock)
    yield found
    await found.prune(clock() + 2 * LIFETIME)
    await found.close()


async def test_it_gives_back_what_was_put(store: S3Store) -> None:
    name = await store.put(b"data", "image/png")
    assert await store.get(name) == Stored("image/png", b"data")


async def test_a_large_picture_survives(store: S3Store) -> None:
    data = bytes(range(256)) * 40_000
    name = await store.put(data, "image/png")
    assert await store.get(name) == Stored("image/png", data)


@pytest.mark.parametrize("name", ["0" * 32 + ".png", "../x", "", "a.png"])
async def test_an_unknown_name_is_nothing(store: S3Store, name: str) -> None:
    assert await store.get(name) is None


async def test_its_link_shows_the_picture_and_expires(store: S3Store) -> None:
    link = await store.link(await store.put(b"data", "image/png"))
    assert link is not None
    async with aiohttp.ClientSession() as session, session.get(link) as response:
        assert await response.read() == b"data"
        assert response.headers["content-type"] == "image/png"
        assert response.headers["cache-control"] == "private, max-age=3600"
    query = parse_qs(urlsplit(link).query)
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert "testing-secret" not in link


async def test_what_could_run_is_only_downloaded(store: S3Store) -> None:
    link = await store.link(await store.put(b"<svg/>", "image/svg+xml"))
    assert link is not None
    async with aiohttp.ClientSession() as session, session.get(link) as response:
        assert response.headers["content-disposition"] == "attachment"


async def test_a_public_domain_takes_the_place_of_the_signature(bucket: Bucket) -> None:
    store = S3Store(
        replace(bucket, domain="https://cdn.example/"), lifetime=LIFETIME, clock=Clock()
    )
    name = "0" * 32 + ".png"
    assert await store.link(name) == f"https://cdn.example/potluck/{name}"
    await store.close()


async def test_it_expires_and_is_pruned_and_other_peoples_objects_stay(
    store: S3Store, bucket: Bucket, clock: Clock
) -> None:
    client = s3.client(bucket)
    for key in ("holiday.png", "potluck/holiday.png", "0" * 32 + ".png"):
        client.put_object(Bucket=bucket.name, Key=key, Body=b"x")
    name = await store.put(b"data", "image/png")
    assert await store.prune(clock()) == 0
    clock.pass_(hours=1, seconds=5)
    assert await store.get(name) is None
    assert await store.prune(clock()) == 1
    left = client.list_objects_v2(Bucket=bucket.name)["Contents"]
    assert len(left) == 3


async def test_a_bucket_that_is_not_there_is_told_by_its_code(bucket: Bucket) -> None:
    store = S3Store(replace(bucket, name="nowhere"), lifetime=LIFETIME, clock=Clock())
    with pytest.raises(StoreDown) as caught:
        await store.put(b"data", "image/png")
    assert "testing" not in str(caught.value)
    await store.close()


async def test_a_service_that_does_not_answer_is_told_without_its_address() -> None:
    dead = Bucket(
        name="b", access_key="a", secret_key="s", endpoint="http://127.0.0.1:9", region="us-east-1"
    )
    store = S3Store(dead, lifetime=LIFETIME, clock=Clock())
    with pytest.raises(StoreDown, match=r"^The bucket of pictures: EndpointConnectionError\.$"):
        await store.get("0" * 32 + ".png")
    await store.close()


QINIU = qiniu(name="b", region="cn-east-1", access_key="a", secret_key="s")
TENCENT = tencent(name="b-125", region="ap-guangzhou", secret_id="a", secret_key="s")


@pytest.mark.parametrize(
    ("preset", "host"),
    [
        (QINIU, "s3.cn-east-1.qiniucs.com"),
        (TENCENT, "b-125.cos.ap-guangzhou.myqcloud.com"),
    ],
)
async def test_presets_sign_links_to_the_right_host(preset: Bucket, host: str) -> None:
    store = S3Store(preset, lifetime=LIFETIME, clock=Clock())
    link = urlsplit(await store.link("0" * 32 + ".png") or "")
    assert (link.scheme, link.hostname) == ("https", host)
    assert link.path.endswith("/potluck/" + "0" * 32 + ".png")
    await store.close()


async def test_nothing_is_taken_from_the_surroundings(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "stray-token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stray-key")
    store = S3Store(bucket, lifetime=LIFETIME, clock=Clock())
    link = await store.link("0" * 32 + ".png")
    assert link is not None
    assert "stray" not in link
    await store.close()
