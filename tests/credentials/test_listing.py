"""Lists of credentials: what they show, and that they agree with what the pool does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import filters, health, history, listing, overview, services, store
from credentials.caps import Calendar
from credentials.health import Barred, Health, Outcome, Policy, RateLimited, Refused
from credentials.history import Mishap
from credentials.kinds import Kind, Source
from credentials.listing import Sort, State, Wanted
from credentials.models import Contribution, Credential
from tests.credentials.fakes import NOW, VAULT

pytestmark = pytest.mark.django_db

CALENDAR = Calendar()
TODAY = CALENDAR.day(NOW)
MODEL = "gemini-2.5-pro"
LATER = NOW + timedelta(minutes=7, microseconds=1)


def add(label: str, provider: str = "gemini", kind: Kind = Kind.GEMINI_API, **more: Any) -> int:
    secret = f"planted-{sha256(label.encode()).hexdigest()}"
    values = {name: more.pop(name) for name in ("source", "extra", "weight") if name in more}
    row, _ = services.add(VAULT, provider, kind, secret, label=label, **values)
    if more:
        Credential.objects.filter(pk=row.pk).update(**more)
    return row.pk


def learn(pk: int, *outcomes: Outcome, at: datetime = NOW) -> None:
    """As the pool learns and its store saves."""
    known = Health()
    for outcome in outcomes:
        known = health.after(known, outcome, Policy(strikes_to_ban=1), sent_at=at, now=at)
    Credential.objects.filter(pk=pk).update(**store.columns(known, at))


def fail(pk: int, *mishaps: Mishap) -> None:
    Credential.objects.filter(pk=pk).update(errors=history.merged([], mishaps))


def rest(model: str | None = None, until: datetime = LATER) -> RateLimited:
    return RateLimited(model, until=until, reason="QUOTA")


def labels(now: datetime = NOW, **wanted: Any) -> list[str]:
    found = Wanted(**wanted)
    shown = [row.label for row in listing.page(found, now).rows]
    assert listing.count(found, now) == len(shown) == len(listing.ids(found, now))
    return shown


def only(now: datetime = NOW) -> overview.Row:
    (row,) = listing.page(Wanted(), now).rows
    return row


@pytest.fixture
def pool() -> None:
    """One in each state, and for each reason to rest."""
    add("fine")
    learn(add("banned"), Refused("API_KEY_INVALID"))
    learn(add("resting"), rest())
    learn(add("for one model"), rest(MODEL))
    add("spent", day=TODAY, day_cap=5, calls=5)
    add("spent yesterday", day=TODAY - timedelta(days=1), day_cap=5, calls=5)
    add("off", enabled=False)
    learn(add("banned and off", enabled=False), Refused("gone"))
    learn(add("held", held=True), rest())
    add("off and held", enabled=False, held=True)
    add("spent for its lender", day=TODAY, day_cap=9, lender_cap=5, calls=5)


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize(
    ("state", "here"),
    [
        (State.HEALTHY, ["fine", "for one model", "spent yesterday"]),
        (State.COOLING, ["resting", "spent", "spent for its lender"]),
        (State.BANNED, ["banned"]),
        (State.OFF, ["off", "banned and off"]),
        (State.HELD, ["held", "off and held"]),
    ],
)
def test_a_filter_by_state_and_the_state_of_a_row_agree(state: State, here: list[str]) -> None:
    assert labels(states=(state,)) == here
    rows = listing.page(Wanted(), NOW).rows
    assert [row.label for row in rows if row.state is state] == here
    assert listing.counts(NOW).states[state] == len(here)


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("seconds", [-1, 0, 1, 86_400 * 3])
def test_a_list_says_who_is_lent(seconds: int) -> None:
    now = LATER + timedelta(seconds=seconds)
    for credential in Credential.objects.all():
        row = overview.row(credential, now, CALENDAR)
        today = credential.calls if credential.day == CALENDAR.day(now) else 0
        caps = [cap for cap in (credential.day_cap, credential.lender_cap) if cap]
        lent = credential.enabled and not credential.held and today < min(caps, default=9)
        lent = lent and health.usable(store.read(credential), "any", now)
        assert (row.state is State.HEALTHY) == lent
        assert (row.label in labels(now, states=(State.HEALTHY,))) == lent


def test_a_cooling_ends_by_itself() -> None:
    learn(add("resting"), rest())
    assert (only().state, only().until, only().reason) == (State.COOLING, LATER, "QUOTA")
    assert (only(LATER).state, only(LATER).until, only(LATER).reason) == (State.HEALTHY, None, "")


def test_of_two_reasons_to_rest_the_longer_counts() -> None:
    learn(add("both", day=TODAY, day_cap=1, calls=1), rest())
    assert (only().until, only().reason) == (CALENDAR.end(TODAY), overview.DAY_CAP)
    learn(only().id, rest(until=CALENDAR.end(TODAY) + timedelta(hours=1)))
    assert only().reason == "QUOTA"


def test_one_that_is_off_still_says_what_is_held_against_it() -> None:
    learn(add("gone", enabled=False, withdrawn=True), Refused("API_KEY_INVALID"))
    assert (only().state, only().reason) == (State.OFF, "API_KEY_INVALID")
    assert only().withdrawn


def test_models_that_rest_are_named_with_their_ends() -> None:
    soon = NOW + timedelta(seconds=5)
    learn(add("one"), rest(MODEL), rest("flash", soon), Barred("ultra"))
    assert [(each.model, each.until) for each in only().parked] == [
        ("flash", soon),
        (MODEL, LATER),
        ("ultra", None),
    ]
    assert [each.model for each in only(soon).parked] == [MODEL, "ultra"]
    assert only().state is State.HEALTHY


@pytest.mark.parametrize("until", [LATER, LATER.replace(microsecond=0)])
def test_those_that_rest_for_a_model_can_be_asked_for(until: datetime) -> None:
    learn(add("one"), rest(MODEL, until))
    learn(add("barred"), Barred("ultra"))
    moment = timedelta(microseconds=1)
    for now, found in ((until - moment, ["one"]), (until, []), (until + moment, [])):
        assert labels(now, model=MODEL) == found
    assert labels(model="ultra") == ["barred"]
    assert labels(model="ultr") == labels(model='"') == labels(model="0") == []
    assert labels(model="ULTRA") == []


@pytest.mark.parametrize("name", ["-1", "0", "99999999999999999999999", "1.5", "便宜", "a.b"])
def test_a_model_may_be_called_anything(name: str) -> None:
    learn(add("other"), rest(MODEL))
    assert labels(model=name) == []
    learn(add("its own"), rest(name))
    assert labels(model=name) == ["its own"]


def test_the_code_is_that_of_the_last_failure() -> None:
    tricky = '"status": 403}]'
    fail(add("forbidden"), Mishap(NOW, 429, "QUOTA", "{"), Mishap(LATER, 403, "NO", "a \\ }"))
    fail(add("limited"), Mishap(NOW, 403), Mishap(LATER, 429, excerpt=tricky))
    fail(add("broken"), Mishap(NOW, 403), Mishap(LATER, reason=tricky))
    add("fine")
    assert labels(code=403) == ["forbidden"]
    assert labels(code=429) == ["limited"]
    assert labels(code=42) == []
    last = listing.page(Wanted(code=429), NOW).rows[0].last_error
    assert last == Mishap(LATER, 429, excerpt=tricky)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"search": "ALICE"}, ["alice's", "by mail"]),
        ({"search": "groq"}, ["by provider"]),
        ({"search": "example.test"}, ["by mail"]),
        ({"search": "planted"}, []),
        ({"search": "%"}, []),
        ({"search": "\0"}, []),
        ({"search": "\ud800"}, []),
        ({"kinds": ("openai_compatible", "nonsense\0")}, ["by provider"]),
        ({"providers": ("vertex",)}, ["by mail"]),
        ({"sources": ("env",)}, ["alice's"]),
        ({"sources": ("env",), "search": "groq"}, []),
    ],
)
def test_a_list_can_be_narrowed(wanted: dict[str, Any], found: list[str]) -> None:
    add("alice's", source=Source.ENV)
    add("by provider", "groq", Kind.OPENAI_COMPATIBLE)
    add("by mail", "vertex", Kind.VERTEX, extra={"email": "alice@example.test"})
    assert labels(**wanted) == found


def test_an_id_finds_its_credential() -> None:
    pk = add("one")
    add("two")
    assert labels(search=str(pk)) == ["one"]
    assert labels(search="9" * 30) == []


def pages(sort: Sort, *, descending: bool, size: int = 2) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = listing.page(Wanted(), NOW, sort=sort, descending=descending, after=after, size=size)
        assert 0 < len(page.rows) <= size
        found += [row.label for row in page.rows]
        if page.next is None:
            return found
        assert len(page.next) <= listing.LONGEST
        after = page.next


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", Sort)
def test_pages_show_everybody_once_in_order(sort: Sort, descending: bool) -> None:
    names = ["Ä", "a", "B", "c" * 200, "鍋" * 200, "d"]
    for number, name in enumerate(names):
        add(name, ("gemini", "groq")[number % 2], weight=number % 3 + 1, calls=number % 2)
    Credential.objects.update(day=TODAY)
    learn(Credential.objects.all()[1].pk, rest())
    learn(Credential.objects.all()[2].pk, rest(until=NOW + timedelta(hours=1)))
    found = pages(sort, descending=descending)
    assert sorted(found) == sorted(names)
    assert found == pages(sort, descending=descending, size=5)
    if sort is Sort.COOLING:
        assert found[:2] == (["B", "a"] if descending else ["a", "B"])
    if sort is Sort.ID:
        assert found == (names[::-1] if descending else names)


def test_a_day_that_is_used_up_is_sorted_by_its_end() -> None:
    add("spent", day=TODAY, day_cap=1, calls=1)
    learn(add("long"), rest(until=CALENDAR.end(TODAY) + timedelta(days=1)))
    learn(add("short"), rest())
    add("fine")
    assert pages(Sort.COOLING, descending=False) == ["short", "spent", "long", "fine"]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "cursor",
    ["", "x", "bnVsbA==", "WyJpZCIsMV0=", "é", "WyJ3ZWlnaHQiLDFlOTk5LDFd", "W1tbW1tbW1tbW1s="],
)
def test_a_cursor_of_no_list_is_refused(sort: Sort, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        listing.page(Wanted(), NOW, sort=sort, after=cursor)


def test_a_cursor_of_a_list_that_was_sorted_otherwise_is_refused() -> None:
    for name in ("one", "two"):
        add(name)
    cursor = listing.page(Wanted(), NOW, size=1).next
    with pytest.raises(ValueError, match="sorted otherwise"):
        listing.page(Wanted(), NOW, sort=Sort.LABEL, after=cursor)


def test_the_counts_are_of_all_and_of_each() -> None:
    add("one")
    add("two", enabled=False)
    add("three", "groq", Kind.OPENAI_COMPATIBLE)
    services.remove([add("removed")])
    found = listing.counts(NOW)
    assert found.total == 3
    assert found.states == {"healthy": 2, "cooling": 0, "banned": 0, "off": 1, "held": 0}
    assert found.providers == {"gemini": 2, "groq": 1}
    assert found.kinds == {"gemini_api": 2, "openai_compatible": 1}


def test_the_removed_are_not_listed() -> None:
    pk = add("removed")
    services.remove([pk])
    assert labels() == []
    with pytest.raises(Credential.DoesNotExist):
        listing.detail(VAULT, pk, NOW)


@pytest.mark.parametrize("kind", Kind)
def test_only_accounts_of_persons_are_a_risk(kind: Kind) -> None:
    personal = kind in (Kind.CODE_ASSIST, Kind.PROVIDER_OAUTH)
    assert (overview.risk(kind) == "account") == personal


def test_a_kind_that_is_not_known_any_more_is_a_risk() -> None:
    assert overview.risk("claude_pro") == "account"


def test_a_contribution_names_its_lender() -> None:
    pk = add("lent")
    Contribution.objects.create(
        credential_id=pk, digest="0", since=NOW, created_at=NOW, consented_at=NOW, name="Alice"
    )
    assert (only().contribution, only().contributed_by) == (Contribution.objects.get().pk, "Alice")


def test_a_detail_tells_more() -> None:
    extra = {"project": "p-1", "location": "global", "email": "a@b.test"}
    pk = add("one", extra=extra, base_url="https://x.test", probes=3, probe_at=LATER)
    fail(pk, Mishap(NOW, 429), Mishap(LATER, 403))
    Credential.objects.update(sealed_proxy=VAULT.seal("http://user:planted@proxy.test:1").decode())
    found = listing.detail(VAULT, pk, NOW)
    assert [each.status for each in found.errors] == [403, 429]
    assert (found.project, found.location, found.email) == ("p-1", "global", "a@b.test")
    assert (found.proxy, found.has_proxy) == ("http://proxy.test:1", True)
    assert (found.base_url, found.contribution, found.contributed_by) == (
        "https://x.test",
        None,
        "",
    )
    assert (found.probes, found.probe_at) == (0, None)
    learn(pk, Refused("gone"))
    assert listing.detail(VAULT, pk, NOW).probe_at == LATER


def test_a_proxy_of_another_vault_is_said_to_be_one() -> None:
    pk = add("one", sealed_proxy="gAAAA")
    assert listing.detail(VAULT, pk, NOW).proxy == "?"


def test_a_list_opens_no_secret_and_asks_twice(pool: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        rows: Sequence[overview.Row] = listing.page(Wanted(), NOW).rows
    assert len(asked) == 2
    assert not any('"sealed"' in each["sql"] for each in asked)
    assert "planted" not in repr(rows)


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("using", [name for name in settings.DATABASES if name != "default"])
def test_another_database_finds_the_same(using: str) -> None:
    row = Credential(kind="gemini_api", provider="gemini", label="one")
    known = Health()
    for outcome in (rest(MODEL), Barred("ultra")):
        known = health.after(known, outcome, Policy(), sent_at=NOW, now=NOW)
    row.health = health.dump(known)
    row.errors = history.merged([], [Mishap(NOW, 403), Mishap(LATER, 429, "a", "}{")])
    row.save(using=using)
    for wanted, number in (
        (Wanted(model=MODEL), 1),
        (Wanted(model="ultra"), 1),
        (Wanted(model="other"), 0),
        (Wanted(code=429), 1),
        (Wanted(code=403), 0),
        (Wanted(search="ONE"), 1),
    ):
        assert filters.rows(wanted, NOW, CALENDAR, using).count() == number
    assert listing.counts(NOW, using=using).states[State.HEALTHY] == 1
    for sort in Sort:
        assert len(listing.page(Wanted(), NOW, sort=sort, using=using).rows) == 1
