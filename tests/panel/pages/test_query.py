from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from keys import services
from keys.models import ApiKey, UsageDay
from tests.support.console import Person

pytestmark = pytest.mark.django_db

QUERY = "/api-key-query"


def test_the_owner_sees_what_is_left(console: Client, alice: Person, bob: Person) -> None:
    ApiKey.objects.filter(pk=alice.id).update(used=30)
    today = datetime.now(UTC).date()
    UsageDay.objects.create(key_id=alice.id, model="gemini-x", day=today, calls=3, units=30)
    UsageDay.objects.create(key_id=bob.id, model="of-bob", day=today, calls=3, units=30)
    page = console.post(QUERY, {"api_key": f" {alice.secret} "}).content.decode()
    assert ">70 <small>of 100 units left" in page
    assert "gemini-x" in page
    assert "of-bob" not in page
    assert "Bob" not in page


def test_the_key_is_not_written_back(console: Client, alice: Person) -> None:
    for sent in (alice.secret, alice.secret[:-1] + "*"):
        answer = console.post(QUERY, {"api_key": sent})
        assert sent not in answer.content.decode()
        assert answer["Cache-Control"] in {"no-store", answer["Cache-Control"]}
        assert "no-store" in answer["Cache-Control"]


def test_a_key_in_the_address_is_not_looked_at(console: Client, alice: Person) -> None:
    page = console.get(QUERY, {"api_key": alice.secret}).content.decode()
    assert "units left" not in page
    assert 'method="post"' in page
    assert 'autocomplete="off"' in page


@pytest.mark.parametrize("text", ["sk-" + "x" * 43, "hello", "钥匙"])
def test_a_wrong_key_gets_a_kind_sentence(console: Client, text: str) -> None:
    answer = console.post(QUERY, {"api_key": text})
    assert answer.status_code == 404
    assert "This gateway does not know that key." in answer.content.decode()


def test_an_empty_field_is_asked_for(console: Client) -> None:
    assert console.post(QUERY, {"api_key": ""}).status_code == 422


def test_a_key_that_is_off_or_used_up_is_answered_too(console: Client, alice: Person) -> None:
    services.edit(alice.id, enabled=False)
    assert 'class="state off"' in console.post(QUERY, {"api_key": alice.secret}).content.decode()


def test_the_day_s_allowance_says_when_it_comes_back(console: Client, alice: Person) -> None:
    services.edit(alice.id, daily_quota=20, time_zone="Asia/Shanghai", model_daily={"gemini-*": 5})
    page = console.post(QUERY, {"api_key": alice.secret}).content.decode()
    assert "of 20 units left" in page
    assert "of 5 units left" in page
    assert "Asia/Shanghai" in page


def test_questions_come_at_a_pace(console: Client) -> None:
    answers = [console.post(QUERY, {"api_key": "sk-no"}) for _ in range(40)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert console.get(QUERY).status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 43, "é"])
def test_a_link_that_was_never_made_opens_nothing(console: Client, token: str) -> None:
    assert console.get(f"/key/{token}").status_code == 200
    assert console.post(f"/key/{token}").status_code == 410
