"""The list of credentials: what it shows, and how it is narrowed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from credentials import health, store
from credentials.health import Health, Policy, RateLimited, Refused, Rest
from credentials.history import Mishap, merged
from credentials.kinds import Kind, Source
from credentials.models import Contribution, Credential
from panel.pages.pool.shelf import SIZE
from tests.support.pool import PLANTED, FakeGateway, add, gateway, lend

__all__ = ["gateway"]

pytestmark = pytest.mark.django_db

PAGE = "/panel/credentials"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{ settings }}{% debug %}",
    "javascript:alert(1)",
)


def names(page: str) -> list[str]:
    return re.findall(r'class="name clamp" id="[^"]*" href="[^"]*">([^<]*)<', page)


def shown(inside: Client, query: str = "") -> str:
    return inside.get(PAGE + query).content.decode()


def told(id: int, outcome: Any) -> None:
    now = timezone.now()
    known = health.after(Health(), outcome, Policy(strikes_to_ban=1), sent_at=now, now=now)
    Credential.objects.filter(pk=id).update(**store.columns(known, now))


def fail(id: int, status: int, reason: str, words: str = "") -> None:
    errors = merged([], [Mishap(datetime(2026, 11, 1, tzinfo=UTC), status, reason, words)])
    Credential.objects.filter(pk=id).update(errors=errors)


def contribute(id: int, state: str = "lending", **more: Any) -> Contribution:
    now = timezone.now()
    Credential.objects.filter(pk=id).update(
        source=Source.CONTRIBUTED.value, held=state in ("quarantined", "paused")
    )
    dates = {"since": now, "consented_at": now, "created_at": now}
    words = {"terms": "v1", "terms_digest": "0", "language": "en", "risk": "key", "paid": "none"}
    return Contribution.objects.create(
        credential_id=id, digest=f"{id}", state=state, **dates, **words, **more
    )


def test_an_empty_pool_says_what_belongs_there(inside: Client) -> None:
    page = shown(inside)
    assert "Nothing in the pot yet" in page
    assert "importcredentials" in page
    assert 'id="batch"' not in page


def test_a_row_says_what_it_is_and_how_it_is(inside: Client) -> None:
    id = add("Ada")
    Credential.objects.filter(pk=id).update(day_cap=50)
    page = shown(inside)
    assert names(page) == ["Ada"]
    assert "0 / 50" in page
    assert 'class="state healthy"' in page
    assert "official key" in page
    assert "added by hand" in page


def test_a_cooling_has_a_countdown_and_a_reason(inside: Client) -> None:
    now = timezone.now()
    rest = Rest(until=now + timedelta(minutes=12), since=now, limits=1, reason="QUOTA_PER_DAY")
    Credential.objects.filter(pk=add("Ada")).update(**store.columns(Health(whole=rest), now))
    page = shown(inside)
    assert re.search(r"<time datetime=\"[^\"]+\" data-countdown>12 m</time>", page)
    assert "The provider&#x27;s quota is used up." in page


def test_a_ban_is_a_word_and_a_shape(inside: Client) -> None:
    told(add("Ada"), Refused("API_KEY_INVALID"))
    page = shown(inside, "?state=banned")
    assert names(page) == ["Ada"]
    assert 'class="state banned"' in page
    assert "does not accept this key" in page


@pytest.mark.parametrize(
    ("state", "word"), [("quarantined", "in quarantine"), ("paused", "paused by its lender")]
)
def test_what_is_held_back_says_by_whom(inside: Client, state: str, word: str) -> None:
    contribute(add("Ada"), state, name="Bob")
    page = shown(inside, "?state=held")
    assert word in page
    assert "lent by Bob" in page


def test_the_last_error_is_in_words_and_the_raw_body_a_click_away(inside: Client) -> None:
    fail(add("Ada"), 429, "RATE_LIMIT_EXCEEDED", "Slow down, please.")
    page = shown(inside)
    assert "It was asked too fast." in page
    assert re.search(r"<details[^>]*>.*<pre>Slow down, please.</pre></details>", page)


def test_filters_live_in_the_address(inside: Client) -> None:
    one, two = add("one"), lend("two")
    add("three", provider="openai", kind=Kind.OPENAI, source=Source.IMPORT)
    told(one, RateLimited(None, retry_after=timedelta(hours=1), reason="429"))
    fail(two, 403, "PERMISSION_DENIED")
    queries = {
        "?q=thre": ["three"],
        f"?q={one}": ["one"],
        "?state=cooling": ["one"],
        "?kind=code_assist": ["two"],
        "?provider=openai": ["three"],
        "?source=import": ["three"],
        "?code=403": ["two"],
        "?sort=label": ["one", "three", "two"],
        "?state=odd&kind=odd&source=odd&code=9999&sort=odd": ["three", "two", "one"],
    }
    assert {query: names(shown(inside, query)) for query in queries} == queries


def test_models_that_rest_narrow_it_too(inside: Client) -> None:
    told(add("one"), RateLimited("gemini-2.5-pro", retry_after=timedelta(hours=1)))
    add("two")
    assert names(shown(inside, "?model=gemini-2.5-pro")) == ["one"]


def test_chips_count_the_states_and_keep_the_other_filters(inside: Client) -> None:
    told(add("one"), Refused("NO"))
    add("two")
    page = shown(inside, "?q=o")
    chips = re.findall(r'<a href="([^"]*)" hx-get[^>]*>.*?<strong class="number">(\d+)<', page)
    assert chips == [
        (f"{PAGE}?q=o", "2"),
        (f"{PAGE}?q=o&amp;state=healthy", "1"),
        (f"{PAGE}?q=o&amp;state=banned", "1"),
    ]


def test_a_search_without_a_result_says_so(inside: Client) -> None:
    add("Ada")
    page = shown(inside, "?q=nobody")
    assert "No credential is like that." in page
    assert "Nothing in the pot" not in page


def test_pages_follow_each_other_without_repeating(inside: Client) -> None:
    for number in range(SIZE + 3):
        add(f"key {number}")
    first = shown(inside, "?sort=label")
    further = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert further is not None
    second = inside.get(further[1].replace("&amp;", "&")).content.decode()
    assert len(names(first)) == SIZE
    assert len({*names(first), *names(second)}) == SIZE + 3
    assert f"{SIZE + 3} credentials" in first
    assert "First page" in second


def test_a_cursor_of_another_list_begins_anew(inside: Client) -> None:
    answer = inside.get(f"{PAGE}?after=odd&q=ada")
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?q=ada")


def test_htmx_gets_the_rows_alone_and_a_clean_address(inside: Client) -> None:
    add("Ada")
    headers = {"HX-Request": "true", "HX-Target": "pool"}
    sent = inside.get(
        f"{PAGE}?q=ada&kind=&provider=", headers=headers | {"HX-Trigger": "pool-filters"}
    )
    assert names(sent.content.decode()) == ["Ada"]
    assert "<html" not in sent.content.decode()
    assert sent["HX-Push-Url"] == f"{PAGE}?q=ada"
    fresh = inside.get(PAGE, headers=headers | {"HX-Trigger": "pool"})
    assert "HX-Push-Url" not in fresh


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_write_is_never_markup(inside: Client, text: str) -> None:
    id = add("Ada")
    Credential.objects.filter(pk=id).update(label=text, extra={"email": text, "project": text})
    fail(id, 400, text, text)
    contribute(id, name=text)
    for path in ("", f"?q={text}&provider={text}&model={text}", f"/{id}", f"/{id}/edit"):
        page = shown(inside, path)
        assert "alert(1)>" not in page.replace("&gt;", "")
        assert "<script>alert" not in page
        assert "onfocus=alert(1) x='" not in page
        assert "POTLUCK_VAULT_KEYS" not in page


def test_no_page_has_a_secret(inside: Client, gateway: FakeGateway) -> None:
    key, account = add("key"), lend("account")
    pages = [shown(inside, query) for query in ("", "?kind=code_assist", "?q=planted")]
    for id in (key, account):
        pages += [shown(inside, f"/{id}{end}") for end in ("", "/edit", "/delete")]
        test = inside.post(f"{PAGE}/{id}/test", headers={"HX-Request": "true"})
        pages.append(test.content.decode())
    for action in ("test", "caps", "delete"):
        sent = inside.post(f"{PAGE}/batch", {"action": action, "credential": [key, account]})
        pages.append(sent.content.decode())
    assert all(len(page) > 50 for page in pages)
    assert [page for page in pages if PLANTED in page] == []
