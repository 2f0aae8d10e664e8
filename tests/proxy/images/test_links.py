"""A link is a promise that nobody else can make."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from proxy.images.links import Links
from tests.support.moment import NOON

KEY, OTHER = b"k" * 32, b"o" * 32
NAME = "0123456789abcdef" * 2 + ".png"
LINKS = Links([KEY], timedelta(hours=1))
PATH = LINKS.path(NAME, NOON)


def test_a_link_opens_until_it_expires() -> None:
    assert re.fullmatch(rf"/media/\d+\.[\w-]{{43}}/{NAME}", PATH)
    assert LINKS.open(PATH, NOON) == (NAME, timedelta(hours=1))
    assert LINKS.open(PATH, NOON + timedelta(seconds=3_599)) == (NAME, timedelta(seconds=1))
    assert LINKS.open(PATH, NOON + timedelta(hours=1)) is None


def swapped(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


EXPIRY, REST = PATH.removeprefix("/media/").split(".", 1)


@pytest.mark.parametrize(
    "path",
    {
        "a later expiry": f"/media/{int(EXPIRY) + 1}.{REST}",
        "another name": PATH.replace("0123", "1123"),
        "another type": PATH.replace(".png", ".svg"),
        "another signature": swapped(PATH, PATH.index(".") + 1),
        "a signature cut short": PATH.replace(REST[:43], REST[:42]),
        "no signature": f"/media/{NAME}",
        "a leading zero": PATH.replace("/media/", "/media/0"),
        "digits of another script": PATH.replace(EXPIRY, "１" + EXPIRY[1:]),
        "something behind": PATH + "/",
        "a line break": PATH + "\n",
        "something before": "/x" + PATH,
        "a way out": "/media/../media/" + PATH.removeprefix("/media/"),
        "nothing": "",
    }.values(),
)
def test_a_link_that_was_touched_does_not_open(path: str) -> None:
    assert LINKS.open(path, NOON) is None


def test_another_key_does_not_open_it_and_an_older_one_does() -> None:
    assert Links([OTHER], timedelta(hours=1)).open(PATH, NOON) is None
    rotated = Links([OTHER, KEY], timedelta(hours=1))
    assert rotated.open(PATH, NOON) is not None
    assert rotated.path(NAME, NOON) != PATH


@pytest.mark.parametrize("keys", [[], [b""], [b"short"], [KEY, b"short"]])
def test_a_weak_key_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Links(keys, timedelta(hours=1))
