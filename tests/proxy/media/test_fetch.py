"""The fetcher reaches the public internet only. Servers of these tests are on loopback, so they
are named trusted, each by its very address; everything else on loopback is not."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.media.fetch import Fetched, Fetcher, Limits, resolve
from tests.support.filehost import PNG, FileHost, Write, answer, moved

INSIDE = "127.0.0.1"
OUTSIDE = "127.0.0.2"


class Names:
    """A resolver that answers from a script: for each name one answer after the other."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        left = self._answers.get(host)
        if not left:
            raise OSError("no such name")
        return left.pop(0)


def fetcher(
    *hosts: FileHost,
    names: Names | None = None,
    size: int = 100_000,
    seconds: float = 10.0,
    at_once: int = 4,
) -> Fetcher:
    ports = [host.port for host in hosts]
    limits = Limits(size=size, seconds=seconds, ports=ports, at_once=at_once)
    return Fetcher(limits, resolver=names or Names(), trusted=[ip_network(OUTSIDE)])


async def why(fetcher: Fetcher, url: str) -> str:
    """The sentence of the refusal, which always offers a way out."""
    with pytest.raises(GatewayError) as caught:
        await fetcher.fetch(url)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert "Send the file as a data URL instead" in caught.value.message
    return caught.value.message


async def test_it_brings_a_file_from_the_address_that_was_checked() -> None:
    names = Names(files_example=[[OUTSIDE]])
    async with FileHost({"/a.png": answer()}, host=OUTSIDE) as host:
        found = await fetcher(host, names=names).fetch(host.url(host="files.example"))
    assert found == Fetched("image/png", PNG)
    assert names.asked == ["files.example"]
    assert f"host: files.example:{host.port}" in host.heads[0].lower()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:2]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "127.0.0.1.",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "app.localhost",
    ],
)
async def test_no_spelling_of_an_inner_address_is_reached(host: str) -> None:
    async with FileHost({"/a.png": answer()}) as inner:
        # The machine's own resolver: it would know what "localhost" and 0x7f.1 are.
        limits = Limits(ports=[inner.port], seconds=10)
        guarded = Fetcher(limits, trusted=[ip_network(OUTSIDE)])
        await why(guarded, inner.url(host=host))
    assert inner.heads == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%lo"],
        [OUTSIDE, "127.0.0.1"],
        ["127.0.0.1", OUTSIDE],
        [OUTSIDE, "::1"],
        [],
    ],
    ids=str,
)
async def test_a_name_with_any_inner_address_is_refused(addresses: list[str]) -> None:
    names = Names(evil_example=[addresses])
    async with (
        FileHost({"/a.png": answer()}) as inner,
        FileHost({"/a.png": answer()}, host=OUTSIDE) as outer,
    ):
        guarded = fetcher(inner, outer, names=names)
        assert "public internet" in await why(guarded, outer.url(host="evil.example"))
    assert inner.heads == outer.heads == []


async def test_an_unknown_name_and_an_inner_one_look_the_same() -> None:
    guarded = Fetcher(resolver=Names(inner_example=[["10.0.0.1"]]))
    unknown = await why(guarded, "http://unknown.example/a.png")
    assert unknown == await why(guarded, "http://inner.example/a.png")


async def test_a_name_that_changes_its_address_changes_nothing() -> None:
    names = Names(rebind_example=[[OUTSIDE], [INSIDE], [INSIDE]])
    async with FileHost({"/a.png": answer()}, host=OUTSIDE) as outer:
        found = await fetcher(outer, names=names).fetch(outer.url(host="rebind.example"))
    assert found.data == PNG
    assert names.asked == ["rebind.example"]


async def test_a_name_is_checked_again_when_a_redirect_leads_back_to_it() -> None:
    names = Names(rebind_example=[[OUTSIDE], [INSIDE]])
    async with FileHost({"/a.png": moved("/b.png"), "/b.png": answer()}, host=OUTSIDE) as outer:
        guarded = fetcher(outer, names=names)
        assert "public internet" in await why(guarded, outer.url(host="rebind.example"))
    assert len(outer.heads) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "inner.example"]
)
async def test_a_redirect_to_an_inner_address_is_refused(status: int, host: str) -> None:
    names = Names(inner_example=[[INSIDE]])
    async with FileHost({"/a.png": answer()}) as inner, FileHost({}, host=OUTSIDE) as outer:
        outer.answers["/a.png"] = moved(inner.url(host=host), status=status)
        await why(fetcher(inner, outer, names=names), outer.url())
    assert len(outer.heads) == 1
    assert inner.heads == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://127.0.0.2:22/",
        "ftp://127.0.0.2/a",
        "http://user:pass@127.0.0.2/",
        "http://[oops",
        "//localhost/a.png",
    ],
)
async def test_a_redirect_is_as_strict_as_a_url(location: str) -> None:
    async with FileHost({"/a.png": moved(location)}, host=OUTSIDE) as outer:
        await why(fetcher(outer), outer.url())
    assert len(outer.heads) == 1


async def test_it_follows_three_redirects_and_no_fourth() -> None:
    chain = {f"/{n}": moved(f"/{n + 1}") for n in range(4)} | {"/4": answer()}
    async with FileHost(chain, host=OUTSIDE) as outer:
        assert (await fetcher(outer).fetch(outer.url("/1"))).data == PNG
        assert "more than 3 times" in await why(fetcher(outer), outer.url("/0"))
    assert len(outer.heads) == 8


async def test_a_circle_of_redirects_ends() -> None:
    async with FileHost({"/a.png": moved("/a.png")}, host=OUTSIDE) as outer:
        assert "redirects" in await why(fetcher(outer), outer.url())


async def test_it_tells_nothing_about_the_gateway(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {OUTSIDE} login user password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    first = moved("/b.png", "set-cookie: session=1; path=/")
    async with FileHost({"/a.png": first, "/b.png": answer()}, host=OUTSIDE) as outer:
        await fetcher(outer).fetch(outer.url())
    for head in outer.heads:
        fields = {line.partition(":")[0].lower() for line in head.splitlines()[1:] if line}
        assert fields == {"host", "accept", "accept-encoding", "user-agent", "connection"}
    assert "accept-encoding: identity" in outer.heads[0].lower()


async def test_an_announced_giant_is_not_read() -> None:
    head = answer(b"", "content-length: 100001", sized=False)
    async with FileHost({"/a.png": head}, host=OUTSIDE) as outer:
        assert "larger than" in await why(fetcher(outer), outer.url())


@pytest.mark.parametrize("headers", [[], ["transfer-encoding: chunked"]], ids=["plain", "chunked"])
async def test_an_endless_file_is_cut_off(headers: list[str]) -> None:
    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", *headers, sized=False))
        block = PNG + bytes(8_192 - len(PNG))
        while True:
            writer.write(b"2000\r\n" + block + b"\r\n" if headers else block)
            await writer.drain()

    async with FileHost({"/a.png": pour}, host=OUTSIDE) as outer:
        assert "larger than" in await why(fetcher(outer), outer.url())
        await asyncio.wait_for(outer.gone.wait(), 10)


async def test_a_file_may_be_as_large_as_the_limit() -> None:
    body = PNG + bytes(100_000 - len(PNG))
    async with FileHost({"/a.png": answer(body)}, host=OUTSIDE) as outer:
        assert len((await fetcher(outer).fetch(outer.url())).data) == 100_000


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(answer(PNG[:9], "content-length: 1000", sized=False))
    await writer.drain()
    await asyncio.Event().wait()


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("server", [_drip, _silence], ids=["slow body", "no answer"])
async def test_a_slow_server_is_given_up(server: Write) -> None:
    async with FileHost({"/a.png": server}, host=OUTSIDE) as outer:
        guarded = fetcher(outer, seconds=0.2)
        assert "in 0.2 s" in await why(guarded, outer.url())


async def test_waiting_for_a_turn_counts_too() -> None:
    async with FileHost({"/a.png": _silence}, host=OUTSIDE) as outer:
        guarded = fetcher(outer, seconds=0.2, at_once=1)
        found = await asyncio.gather(
            guarded.fetch(outer.url()), guarded.fetch(outer.url()), return_exceptions=True
        )
    assert all(isinstance(each, GatewayError) for each in found)
    assert len(outer.heads) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (answer(b"<html>", mime="text/html"), "holds no image"),
        (answer(b"{}", mime="application/json"), "holds no image"),
        (answer(b"<html>", mime="image/png"), "not the kind of file"),
        (answer(b"<svg/>", mime="image/svg+xml"), "not the kind of file"),
        (answer(b"root:x:0:0", mime=""), "not the kind of file"),
        (answer(b"", mime="image/png"), "not the kind of file"),
        (answer(status=404), "status 404"),
        (answer(status=206), "status 206"),
        (moved(""), "status 302"),
        (answer(gzip.compress(bytes(10**7)), "content-encoding: gzip"), "compressed"),
        (answer(gzip.compress(bytes(10**7))), "not the kind of file"),
        (answer(PNG, "content-length: 9999", sized=False), "broke off"),
        (b"nonsense\r\n\r\n", "broke off"),
        (b"", "broke off"),
    ],
    ids=[
        "HTML",
        "JSON",
        "HTML called PNG",
        "SVG",
        "a text without a type",
        "nothing",
        "404",
        "206",
        "a redirect to nowhere",
        "a gzip bomb",
        "a gzip bomb called PNG",
        "cut short",
        "no HTTP",
        "an empty answer",
    ],
)
async def test_what_is_no_usable_file_is_refused(said: bytes, told: str) -> None:
    async with FileHost({"/a.png": said}, host=OUTSIDE) as outer:
        assert told in await why(fetcher(outer), outer.url())


async def test_what_the_bytes_prove_beats_the_header() -> None:
    async with FileHost({"/a.png": answer(PNG, mime="image/jpeg")}, host=OUTSIDE) as outer:
        assert (await fetcher(outer).fetch(outer.url())).mime_type == "image/png"


async def test_a_refusal_does_not_repeat_the_url() -> None:
    async with FileHost({}, host=OUTSIDE) as outer:
        url = outer.url("/secret-path?token=secret-token")
        assert "secret" not in await why(fetcher(outer), url)
    # Now nobody listens there.
    assert "secret" not in await why(fetcher(outer), url)


async def test_cancelling_closes_the_connection() -> None:
    started = asyncio.Event()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(PNG, sized=False))
        while True:
            started.set()
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with FileHost({"/a.png": drip}, host=OUTSIDE) as outer:
        task = asyncio.get_running_loop().create_task(fetcher(outer).fetch(outer.url()))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(outer.gone.wait(), 10)


async def test_the_machines_resolver_gives_addresses() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 80)
