"""`/auth`: what is read, what is agreed to, and what is pasted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from credentials.kinds import Kind
from credentials.lending import invites
from credentials.lending.rules import WORDS, Openness, Why
from credentials.lending.states import Paid, State
from credentials.models import Contribution, Credential
from keys.limits.refusal import Limited
from panel import pace
from panel.pages.lend import words
from tests.support.console import Person
from tests.support.contributor import (
    KEY,
    House,
    Lender,
    configured,
    noted,
    receipt,
    row,
    text,
    trail,
    version,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_closed_house_says_so(console: Client) -> None:
    page = console.get("/auth")
    assert page.status_code == 200
    assert "Contributions are closed" in text(page)
    assert 'href="/"' in text(page)
    assert 'href="/auth"' not in text(console.get("/"))


def test_what_lending_means_is_read_before_anything_can_be_pressed(lender: Lender) -> None:
    for path in ("/auth", "/auth?way=key:gemini"):
        page = text(lender.get(path))
        main = page[page.index("<main") : page.index("</main")]
        order = ["What it is used for", "What it may cost you", "How you take it back"]
        places = [main.index(each) for each in order]
        assert places == sorted(places)
        pressed = re.search(r"<button|<input|href=\"/auth\?way", main)
        assert pressed is not None
        assert pressed.start() > main.index("delete it at the vendor")


def test_each_way_tells_its_risk_as_a_shape_and_words(lender: Lender) -> None:
    page = text(lender.get("/auth"))
    for shape, label in (("active", "Official API key"), ("spent", "Personal account")):
        assert re.search(rf'class="state {shape}"><svg.*?</svg>{label}', page)


def test_the_terms_are_in_the_language_of_their_reader(lender: Lender) -> None:
    page = text(lender.get("/auth?way=page:acme", headers={"Accept-Language": "zh-CN"}))
    assert "个人账号：可能被封" in page
    assert version(Kind.PROVIDER_OAUTH) in page


def test_the_operator_s_own_paragraph_is_text(lender: Lender) -> None:
    with configured(contribution_terms="<script>alert(1)</script>"):
        for path in ("/auth", "/auth?way=key:gemini"):
            assert "&lt;script&gt;alert(1)" in text(lender.get(path))
            assert "<script>alert" not in text(lender.get(path))


def test_a_key_is_lent_with_one_form(lender: Lender, house: House) -> None:
    answer = lender.lend(name="Ada", contact="@ada", day_cap="20")
    found = row()
    assert answer["Location"] == f"{receipt(answer)}?new=1"
    assert (found.state, found.name, found.contact) == (State.QUARANTINED, "Ada", "@ada")
    assert (found.credential.lender_cap, found.credential.held) == (20, True)
    assert house.asked == [("test", found.credential_id)]
    assert noted() == ["contribution.offer", "contribution.test"]
    page = text(lender.get(answer["Location"]))
    assert f"https://potluck.test{receipt(answer)}</output>" in page
    assert "data-copy" in page


def test_nobody_sees_what_was_lent(lender: Lender) -> None:
    answer = lender.lend()
    again = lender.lend()
    for page in (lender.get(answer["Location"]), again):
        assert KEY not in text(page)
    assert KEY not in trail()
    assert KEY not in str(list(Credential.objects.values()))
    token = receipt(answer).rpartition("/")[2]
    assert token not in trail() + str(list(Contribution.objects.values()))


def test_what_works_is_lent_at_once_where_nobody_moderates(lender: Lender) -> None:
    with configured(contribution_moderation=False):
        lender.lend()
    assert (row().state, row().credential.enabled) == (State.LENDING, True)


def test_a_key_that_does_not_work_is_deleted(lender: Lender, house: House) -> None:
    house.ill = set(range(1, 1_000))
    page = text(lender.get(receipt(lender.lend())))
    assert (row().state, row().credential.sealed) == (State.REJECTED, "")
    assert "The key is unknown." in page
    assert "not accepted" in page


def test_what_could_not_be_tested_is_tested_later(lender: Lender, house: House) -> None:
    house.late = True
    path = receipt(lender.lend())
    assert row().state == State.TESTING
    assert "Test it again" in text(lender.get(path))
    house.late = False
    assert lender.post(f"{path}/change", action="test").status_code == 303
    assert row().state == State.QUARANTINED


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"agree": ""}, "Lending needs your consent"),
        ({"terms": "0" * 12}, "The terms have changed."),
        ({"secret": "two words"}, "This cannot be a key"),
        ({"secret": ""}, "This field is required."),
        ({"day_cap": "-1"}, "greater than or equal to 0"),
        ({"day_cap": "1000001"}, "less than or equal to 1000000"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "Ada\u202e\u202d"}, "a character that nobody can see"),
        ({"contact": "one\x07two"}, "a character that nobody can see"),
        ({"secret": "k" * 5_000}, "at most 4096"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    lender: Lender, fields: dict[str, str], sentence: str
) -> None:
    answer = lender.lend(**fields)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert KEY not in text(answer)
    assert not Contribution.objects.exists()


def test_a_family_of_emoji_may_lend(lender: Lender) -> None:
    lender.lend(name="小明　👨‍👩‍👧")
    assert row().name == "小明　👨‍👩‍👧"


def test_a_known_key_is_lent_once(lender: Lender) -> None:
    lender.lend()
    answer = lender.lend()
    assert (answer.status_code, Contribution.objects.count()) == (422, 1)
    assert "lent here already" in text(answer)
    assert noted() == ["contribution.offer", "contribution.test"]


@pytest.mark.parametrize("way", ["", "key:nobody", "page:gemini", "../..", "key:" + "x" * 5_000])
def test_an_unknown_way_leads_back_to_the_choice(lender: Lender, way: str) -> None:
    assert lender.lend(way)["Location"] == "/auth"
    assert lender.get("/auth", data={"way": way}).status_code == 200


def test_only_kinds_that_are_accepted_are_offered(lender: Lender) -> None:
    with configured(contribution_kinds=(Kind.ANTHROPIC,)):
        page = text(lender.get("/auth"))
        assert "key:anthropic" in page.replace("%3A", ":")
        assert "gemini" not in page.lower()
        assert lender.lend()["Location"] == "/auth"
    assert not Contribution.objects.exists()


def test_a_house_without_any_kind_says_so(lender: Lender) -> None:
    with configured(contribution_kinds=()):
        assert "nothing that could be lent" in text(lender.get("/auth"))


@pytest.mark.parametrize("secret", ["{", "[]", '{"type": "service_account"}', "[" * 10_000])
def test_a_file_that_is_none_is_refused(lender: Lender, secret: str) -> None:
    answer = lender.lend("file:vertex", secret, terms=version(Kind.VERTEX))
    assert answer.status_code == 422
    assert "This cannot be a key or an account" in text(answer)


def test_the_reward_goes_to_a_key_that_the_lender_has(lender: Lender, alice: Person) -> None:
    with configured(contribution_reward=Paid.DAY):
        wrong = lender.lend(reward_key="sk-" + "a" * 43)
        assert "does not know that key" in text(wrong)
        lender.lend(reward_key=alice.secret)
    assert row().reward_key_id == alice.id


def test_nobody_names_a_key_by_its_number(lender: Lender, alice: Person) -> None:
    with configured(contribution_reward=Paid.DAY):
        assert lender.lend(reward_key=str(alice.id)).status_code == 422
        lender.lend(reward_key_id=str(alice.id))
    assert row().reward_key_id is None


def test_an_invite_is_asked_for_first(lender: Lender) -> None:
    (code,) = invites.create(settings.POTLUCK_PEPPER, count=1, uses=1, days=1, now=_now())
    with configured(contributions=Openness.INVITE):
        assert "Invite code" in text(lender.get("/auth"))
        assert lender.lend()["Location"] == "/auth"
        assert lender.post("/auth", code="WRONG").status_code == 422
        assert lender.post("/auth", code=code.lower())["Location"] == "/auth"
        assert "Three steps" in text(lender.get("/auth"))
        lender.lend()
        assert row().invite is not None
        assert lender.lend(secret=f"{KEY}-2")["Location"] == "/auth"
    assert Contribution.objects.count() == 1


def test_starts_come_at_a_pace(lender: Lender) -> None:
    answers = [lender.lend(agree="").status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]
    assert lender.get("/auth").status_code == 200


def test_ten_thousand_starts_of_one_address_come_to_thirty(house: House) -> None:
    request = RequestFactory().post("/auth/start")
    admitted = 0
    for number in range(10_000):
        try:
            pace.admit(request, NOW + timedelta(milliseconds=number))
            admitted += 1
        except Limited:
            continue
    assert admitted == 30


def test_a_form_of_another_site_is_refused(lender: Lender) -> None:
    lender.client = Client(enforce_csrf_checks=True)
    assert lender.lend().status_code == 403
    page = text(lender.get("/auth?way=key:gemini"))
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    assert lender.lend(csrfmiddlewaretoken=token).status_code == 303


def test_the_words_of_a_refusal_are_those_of_lending() -> None:
    assert {why: words.refusal(why) for why in Why} == dict(WORDS)


def _now() -> datetime:
    return datetime.now(UTC)
