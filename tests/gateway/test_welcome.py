from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import pytest

from gateway import welcome
from gateway.welcome import Start

URL = "http://127.0.0.1:7861"
NEW = Start(url=URL, manage="python manage.py", password="abcd-efgh", keys=0, credentials=0)


def test_a_first_start_shows_the_password_and_three_steps() -> None:
    said = welcome.greet(NEW)
    assert f"Panel password, shown this once: abcd-efgh\nLog in with it: {URL}/panel\n" in said
    assert [line[:5] for line in said.splitlines() if line.startswith("  ")] == [
        "  1. ",
        "  2. ",
        "  3. ",
    ]


def test_what_is_done_is_ticked_off() -> None:
    said = welcome.greet(NEW._replace(password=None, credentials=2))
    assert "password" not in said
    assert "add credentials  done" in said
    assert "createkey" in said


def test_a_configured_gateway_says_one_line() -> None:
    said = welcome.greet(NEW._replace(password=None, keys=1, credentials=1))
    assert said.count("\n") == 0
    assert URL in said


def test_who_listens_on_all_addresses_is_told_of_tls() -> None:
    said = welcome.greet(NEW._replace(password=None, keys=1, credentials=1, plain=True))
    assert "plain HTTP" in said and "TRUSTED_PROXIES" in said


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("line", [welcome.chat, welcome.gemini])
def test_the_lines_to_paste_are_whole(line: Callable[..., str], stream: bool) -> None:
    words = shlex.split(line(URL, "sk-1", stream=stream))
    assert words[0] == "curl"
    assert ("-N" in words) is stream
    assert "sk-1" in " ".join(words)
    assert isinstance(json.loads(words[-1]), dict)
