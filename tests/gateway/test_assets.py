from __future__ import annotations

import gzip
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from gateway import assets


def test_a_link_with_the_fingerprint_may_be_kept_for_ever(site: Client) -> None:
    answer = site.get(staticfiles_storage.url("css/base.css"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?v=00000000"])
def test_another_link_is_asked_again_soon(site: Client, query: str) -> None:
    assert site.get(f"/static/css/base.css{query}")["Cache-Control"] == "public, max-age=60"


def test_it_is_packed_for_whoever_unpacks_it(site: Client) -> None:
    plain = site.get("/static/css/base.css")
    packed = site.get("/static/css/base.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert all("Accept-Encoding" in each["Vary"] for each in (plain, packed))


@pytest.mark.usefixtures("site")
def test_the_fingerprint_is_of_the_content() -> None:
    (one,) = parse_qs(urlsplit(staticfiles_storage.url("css/base.css")).query)["v"]
    (other,) = parse_qs(urlsplit(staticfiles_storage.url("css/tokens.css")).query)["v"]
    assert one != other


@pytest.mark.parametrize(
    "name", ["css", "no.css", "../manage.py", "..%2fmanage.py", "/etc/passwd", "a%00b", "css/"]
)
def test_nothing_else_is_there(site: Client, name: str) -> None:
    assert site.get(f"/static/{name}").status_code == 404


@pytest.mark.usefixtures("site")
def test_a_link_to_nothing_is_a_plain_one() -> None:
    assert staticfiles_storage.url("no.css") == "/static/no.css"
    assert assets.find("no.css") is None


def test_it_is_only_for_reading(site: Client) -> None:
    assert site.post("/static/css/base.css").status_code == 405


def test_a_sheet_is_served_with_those_that_it_imports(site: Client) -> None:
    whole, part = (site.get(f"/static/css/{name}.css").content for name in ("site", "tokens"))
    assert whole.startswith(part)
    assert b"@import" not in whole


def test_an_edited_import_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.assets.finders.find", lambda name: str(tmp_path / name))
    (tmp_path / "all.css").write_text('@import "one.css";\n')
    one = tmp_path / "one.css"
    found = []
    for moment, text in enumerate(("a {}", "b {}")):
        one.write_text(text)
        os.utime(one, ns=(moment, moment))
        asset = assets.find("all.css")
        found.append(asset and asset.body.strip())
    assert found == [b"a {}", b"b {}"]
