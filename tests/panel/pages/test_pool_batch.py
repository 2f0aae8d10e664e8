"""What is done to all picked credentials at once."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.http import HttpResponse
from django.test import Client

from credentials.health import Refused
from credentials.models import Contribution, Credential
from panel.pages.pool import batch
from tests.panel.pages.test_pool import PAGE, contribute, told
from tests.support.pool import PLANTED, FakeGateway, Note, add, gateway, lend, trail

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db


def send(inside: Client, action: str, *ids: object, **more: object) -> HttpResponse:
    body = {"action": action, "credential": list(ids), **more}
    return inside.post(f"{PAGE}/batch", body)  # type: ignore[return-value]


def enabled() -> list[str]:
    rows = Credential.objects.filter(enabled=True, deleted_at=None)
    return sorted(rows.values_list("label", flat=True))


def test_it_switches_those_that_are_picked_and_no_others(inside: Client, trail: list[Note]) -> None:
    one, two, _three = add("one"), add("two"), add("three")
    answer = send(inside, "disable", one, two, "x", "²", "9" * 40, next=f"{PAGE}?q=o")
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?q=o")
    assert enabled() == ["three"]
    assert [note.target for note in trail] == [f"credential {one}", f"credential {two}"]


def test_a_switch_can_be_undone(inside: Client) -> None:
    one, off = add("one"), add("off")
    Credential.objects.filter(pk=off).update(enabled=False)
    send(inside, "disable", one, off)
    page = inside.get(PAGE).content.decode()
    assert "1 credential is off now." in page
    way = re.search(r'action="([^"]*)" data-brief>(.*?)</form>', page)
    assert way is not None
    fields = re.findall(r'name="(action|credential)" value="([^"]*)"', way[2])
    assert fields == [("action", "enable"), ("credential", str(one))]
    inside.post(way[1], dict(fields))
    assert enabled() == ["one"]


def test_it_goes_nowhere_else_afterwards(inside: Client) -> None:
    answer = send(inside, "disable", add("one"), next="https://evil.example/")
    assert answer["Location"] == "/"


def test_all_pages_of_a_filter_may_be_meant(inside: Client) -> None:
    for label in ("one", "two", "other"):
        add(label)
    send(inside, "disable", every="1", next=f"{PAGE}?q=o&state=healthy")
    assert enabled() == []
    send(inside, "enable", every="1", next=f"{PAGE}?q=two")
    assert enabled() == ["two"]


def test_at_most_so_many_at_once(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST", 2)
    send(inside, "disable", *(add(label) for label in ("one", "two", "three")))
    assert enabled() == ["three"]


@pytest.mark.parametrize(
    ("action", "picked", "said"),
    [
        ("disable", False, "Pick some credentials first."),
        ("", True, "Choose what to do"),
        ("steal", True, "Choose what to do"),
    ],
)
def test_nothing_happens_without_a_choice(
    inside: Client, action: str, picked: bool, said: str
) -> None:
    id = add("one")
    send(inside, action, *([id] if picked else []), next=PAGE)
    assert said in inside.get(PAGE).content.decode()
    assert enabled() == ["one"]


def test_pardons_are_noted(inside: Client, trail: list[Note]) -> None:
    one = add("one")
    told(one, Refused("NO"))
    send(inside, "pardon", one)
    assert not Credential.objects.get(pk=one).banned
    assert [note.action for note in trail] == ["credential.pardon"]


def test_each_line_of_a_test_asks_for_itself(inside: Client, gateway: FakeGateway) -> None:
    one, two = add("one"), add("two")
    page = send(inside, "test", one, two).content.decode()
    assert re.findall(r'hx-post="([^"]*)" hx-trigger="load"', page) == [
        f"{PAGE}/{two}/test",
        f"{PAGE}/{one}/test",
    ]
    assert gateway.asked == []


def test_without_scripts_all_are_asked_at_once(inside: Client, gateway: FakeGateway) -> None:
    one, two = lend("one"), lend("two")
    gateway.ill = {two}
    page = send(inside, "refresh", one, two, now="1").content.decode()
    assert "It has a new token." in page
    assert "The account was revoked." in page
    assert sorted(gateway.asked) == [("renew", one), ("renew", two)]


def test_at_most_fifty_are_asked(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "ASKED", 1)
    page = send(inside, "test", add("one"), add("two")).content.decode()
    assert "1 is left out" in page


def test_caps_are_set_and_the_rest_stays(inside: Client, trail: list[Note]) -> None:
    one, two = add("one"), add("two")
    Credential.objects.filter(pk=two).update(minute_cap=5)
    assert "Caps of 2 credentials" in send(inside, "caps", one, two).content.decode()
    send(inside, "caps", one, two, set="1", day_cap="50", minute_cap="", pro_cap="")
    assert list(Credential.objects.order_by("pk").values_list("day_cap", "minute_cap")) == [
        (50, 0),
        (50, 5),
    ]
    assert [note.action for note in trail] == ["credential.limit"] * 2


def test_caps_that_were_alike_come_back(inside: Client) -> None:
    one, two = add("one"), add("two")
    send(inside, "caps", one, two, set="1", day_cap="50")
    page = inside.get(PAGE).content.decode()
    assert '<input type="hidden" name="day_cap" value="0">' in page


@pytest.mark.parametrize("caps", [{"day_cap": "-1"}, {"day_cap": "x"}, {}])
def test_caps_that_cannot_be_change_nothing(inside: Client, caps: dict[str, str]) -> None:
    answer = send(inside, "caps", add("one"), set="1", **caps)
    assert answer.status_code == 422
    assert Credential.objects.get().day_cap == 0


def test_their_number_is_typed_before_they_are_deleted(inside: Client, trail: list[Note]) -> None:
    ids = [add("one"), add("two")]
    assert "Delete 2 credentials" in send(inside, "delete", *ids).content.decode()
    assert send(inside, "delete", *ids, number="3").status_code == 422
    assert trail == []
    assert send(inside, "delete", *ids, number="2").status_code == 303
    assert not Credential.objects.filter(deleted_at=None).exists()
    assert [note.action for note in trail] == ["credential.delete"] * 2


def test_lenders_get_theirs_back(inside: Client) -> None:
    lent = contribute(add("lent"))
    send(inside, "delete", add("own"), lent.credential_id, number="2")
    assert Contribution.objects.get().state == "rejected"
    assert not Credential.objects.exclude(sealed="").exists()


def test_those_that_are_picked_go_into_a_file(inside: Client, trail: list[Note]) -> None:
    one, lent = add("one"), add("lent")
    add("other")
    contribute(lent)
    answer = send(inside, "export", one, lent)
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert found.namelist() == [f"{one}-gemini-gemini_api.json"]
    assert PLANTED.encode() in found.read(found.namelist()[0])
    ((action, _target, _before, after),) = trail
    assert (action, after) == ("credential.export", {"count": 1, "left_out": 1, "ids": [one]})
