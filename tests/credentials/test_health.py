"""Health as a table, and what must hold for any history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credentials.health import (
    LONG_AGO,
    Barred,
    Health,
    NotItsFault,
    Outcome,
    Policy,
    RateLimited,
    Refused,
    Rest,
    State,
    Stumbled,
    Succeeded,
    after,
    dump,
    free_at,
    load,
    pardon,
    state,
    usable,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
AGO = NOW - 5 * SECOND
P = Policy()


def resting(until: datetime, since: datetime = NOW, *, limits: int = 0, refusals: int = 0) -> Rest:
    return Rest(until, since, limits=limits, refusals=refusals)


def whole(rest: Rest) -> Health:
    return Health(whole=rest)


def parked(rest: Rest) -> Health:
    return Health(models={"g": rest})


LIMITED_ONCE = parked(resting(NOW + MINUTE, limits=1))
HICCUP = whole(Rest(NOW, NOW, stumbles=1, reason="stumbled"))

TABLE: dict[str, tuple[Health, Outcome, datetime, Health]] = {
    "a clean record stays": (Health(), Succeeded("g"), AGO, Health()),
    "a client's mistake": (Health(), NotItsFault(), AGO, Health()),
    "429 without a hint": (Health(), RateLimited("g"), AGO, LIMITED_ONCE),
    "429 with a hint": (
        Health(),
        RateLimited("g", 48 * SECOND),
        AGO,
        parked(resting(NOW + 48 * SECOND)),
    ),
    "429 until a moment beyond the longest guess": (
        Health(),
        RateLimited("g", until=NOW + 20 * HOUR),
        AGO,
        parked(resting(NOW + 20 * HOUR)),
    ),
    "a moment beats a delay": (
        Health(),
        RateLimited("g", MINUTE, NOW + HOUR),
        AGO,
        parked(resting(NOW + HOUR)),
    ),
    "a hint beyond belief": (
        Health(),
        RateLimited("g", 400 * DAY),
        AGO,
        parked(resting(NOW + P.farthest_reset)),
    ),
    "a reset that has passed is no hint": (
        Health(),
        RateLimited("g", until=AGO),
        AGO,
        LIMITED_ONCE,
    ),
    "a wait of nothing is no hint": (Health(), RateLimited("g", 0 * SECOND), AGO, LIMITED_ONCE),
    "a rest is never shortened by a 429": (
        parked(resting(NOW + 9 * MINUTE, AGO)),
        RateLimited("g", SECOND),
        NOW,
        parked(resting(NOW + 9 * MINUTE)),
    ),
    "the second 429 without a hint": (
        parked(resting(AGO, AGO - MINUTE, limits=1)),
        RateLimited("g"),
        AGO,
        parked(resting(NOW + 2 * MINUTE, limits=2)),
    ),
    "the hundredth 429 without a hint": (
        parked(resting(AGO, AGO - MINUTE, limits=99)),
        RateLimited("g"),
        AGO,
        parked(resting(NOW + P.longest_cooldown, limits=100)),
    ),
    "ten 429s at once count once": (LIMITED_ONCE, RateLimited("g"), AGO, LIMITED_ONCE),
    "a late hint still lengthens": (
        parked(resting(NOW + MINUTE, NOW, limits=1)),
        RateLimited("g", HOUR),
        AGO,
        parked(resting(NOW + HOUR, limits=1)),
    ),
    "a 429 for everything": (Health(), RateLimited(None, HOUR), AGO, whole(resting(NOW + HOUR))),
    "the first stumble is free": (Health(), Stumbled(), AGO, HICCUP),
    "the second stumble": (
        whole(Rest(AGO, AGO, stumbles=1)),
        Stumbled(),
        AGO,
        whole(Rest(NOW + 2 * SECOND, NOW, stumbles=2, reason="stumbled")),
    ),
    "the fiftieth stumble": (
        whole(Rest(AGO, AGO, stumbles=49)),
        Stumbled(),
        AGO,
        whole(Rest(NOW + P.longest_hiccup, NOW, stumbles=50, reason="stumbled")),
    ),
    "ten stumbles at once count once": (HICCUP, Stumbled(), AGO, HICCUP),
    "a model stumbles alone": (
        Health(),
        Stumbled("g"),
        AGO,
        parked(Rest(NOW, NOW, stumbles=1, reason="stumbled")),
    ),
    "the first refusal": (
        Health(),
        Refused("leaked"),
        AGO,
        whole(Rest(NOW + MINUTE, NOW, refusals=1, reason="leaked")),
    ),
    "stumbles are no strikes": (
        whole(Rest(AGO, AGO, stumbles=9)),
        Refused("401"),
        AGO,
        whole(Rest(NOW + MINUTE, NOW, stumbles=9, refusals=1, reason="401")),
    ),
    "ten refusals at once are one strike": (
        whole(Rest(NOW + MINUTE, NOW, refusals=1)),
        Refused("401"),
        AGO,
        whole(Rest(NOW + MINUTE, NOW, refusals=1)),
    ),
    "the third refusal bans": (
        whole(Rest(AGO, AGO, refusals=2)),
        Refused("leaked"),
        AGO,
        Health(banned="leaked", whole=Rest(AGO, AGO, refusals=2)),
    ),
    "a success clears the model and the whole": (
        Health(whole=resting(AGO, AGO, refusals=2), models={"g": resting(AGO, AGO, limits=3)}),
        Succeeded("g"),
        AGO,
        Health(),
    ),
    "a success clears no other model": (
        Health(models={"f": resting(NOW + HOUR, AGO), "g": resting(AGO, AGO)}),
        Succeeded("g"),
        AGO,
        Health(models={"f": resting(NOW + HOUR, AGO)}),
    ),
    "a late success is no pardon": (
        Health(whole=resting(NOW + MINUTE), models={"g": resting(NOW + MINUTE)}),
        Succeeded("g"),
        AGO,
        Health(whole=resting(NOW + MINUTE), models={"g": resting(NOW + MINUTE)}),
    ),
    "a model is barred": (Health(), Barred("g"), AGO, Health(barred=("g",))),
    "a model is barred once": (Health(barred=("g",)), Barred("g"), AGO, Health(barred=("g",))),
    "banned stays": (Health(banned="401"), Succeeded("g"), AGO, Health(banned="401")),
}


@pytest.mark.parametrize(
    ("before", "outcome", "sent_at", "expected"), TABLE.values(), ids=TABLE.keys()
)
def test_after(before: Health, outcome: Outcome, sent_at: datetime, expected: Health) -> None:
    assert after(before, outcome, P, sent_at=sent_at, now=NOW) == expected


def test_a_final_refusal_needs_no_strikes_and_no_code() -> None:
    policy = Policy(ban_codes=frozenset(), strikes_to_ban=9)
    gone = Refused("revoked", final=True)
    for health in (Health(), whole(resting(NOW + MINUTE, refusals=1))):
        assert after(health, gone, policy, sent_at=AGO, now=NOW).banned == "revoked"


def test_without_auto_ban_even_a_final_refusal_only_rests() -> None:
    gone = Refused("revoked", final=True)
    health = after(Health(), gone, Policy(auto_ban=False), sent_at=AGO, now=NOW)
    assert (health.banned, health.whole.until) == ("", NOW + MINUTE)


@pytest.mark.parametrize(
    "policy",
    [Policy(auto_ban=False), Policy(ban_codes=frozenset({403}))],
    ids=["auto-ban is off", "401 does not ban"],
)
def test_without_a_ban_refusals_rest_longer_and_longer(policy: Policy) -> None:
    before = whole(Rest(AGO, AGO, refusals=5))
    found = after(before, Refused("401"), policy, sent_at=AGO, now=NOW)
    assert found == whole(Rest(NOW + 32 * MINUTE, NOW, refusals=6, reason="401"))


def test_nothing_new_gives_the_same_object() -> None:
    before = Health(models={"g": resting(NOW + MINUTE)})
    for outcome in (NotItsFault(), Succeeded("f"), Stumbled("g"), RateLimited("g")):
        assert after(before, outcome, P, sent_at=AGO, now=NOW) is before


def test_a_model_that_rested_long_ago_is_forgotten() -> None:
    before = Health(models={"old": resting(NOW - 7 * HOUR, NOW - 8 * HOUR, limits=4)})
    assert set(after(before, RateLimited("g"), P, sent_at=AGO, now=NOW).models) == {"g"}


def test_the_models_of_a_credential_are_bounded() -> None:
    health = Health()
    for number in range(200):
        outcome = RateLimited(f"m{number}", (number + 1) * MINUTE)
        health = after(health, outcome, P, sent_at=AGO, now=NOW)
    assert len(health.models) == 64
    assert "m199" in health.models


@pytest.mark.parametrize(
    ("health", "model", "expected"),
    [
        (Health(), "g", True),
        (Health(banned="401"), "g", False),
        (Health(barred=("g",)), "g", False),
        (Health(barred=("g",)), "f", True),
        (whole(resting(NOW + SECOND)), "g", False),
        (whole(resting(NOW)), "g", True),
        (parked(resting(NOW + SECOND)), "g", False),
        (parked(resting(NOW + SECOND)), "f", True),
        (parked(resting(NOW)), "g", True),
    ],
)
def test_usable(health: Health, model: str, expected: bool) -> None:
    assert usable(health, model, NOW) is expected


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health(), State.HEALTHY),
        (parked(resting(NOW + HOUR)), State.HEALTHY),
        (whole(resting(NOW + HOUR)), State.COOLING),
        (whole(resting(NOW)), State.HEALTHY),
        (Health(banned="401", whole=resting(NOW + HOUR)), State.BANNED),
    ],
)
def test_state(health: Health, expected: State) -> None:
    assert state(health, NOW) is expected


def test_a_pardon_forgets_everything() -> None:
    assert pardon(Health(banned="401", barred=("g",), whole=resting(NOW))) == Health()


def test_a_single_failure_leaves_a_service_with_one_key_open() -> None:
    health = after(Health(), Stumbled("g"), P, sent_at=AGO, now=NOW)
    assert usable(health, "g", NOW)


def test_a_clean_record_is_stored_as_nothing() -> None:
    assert dump(Health()) == {}


@pytest.mark.parametrize("data", ["text", [], {"models": 3}, {"whole": {"until": "soon"}}])
def test_a_wrong_shape_is_an_error(data: object) -> None:
    with pytest.raises(ValueError):
        load(data)


def test_a_field_of_a_later_version_is_ignored() -> None:
    assert load({"banned": "401", "mood": "blue"}) == Health(banned="401")


MODELS = st.sampled_from(["f", "g"])
MAYBE = st.none() | MODELS
DELAYS = st.none() | st.timedeltas(min_value=-HOUR, max_value=1000 * DAY)
MOMENTS = st.none() | st.timedeltas(-DAY, 1000 * DAY).map(NOW.__add__)
OUTCOMES = st.one_of(
    st.builds(Succeeded, MODELS),
    st.builds(RateLimited, MAYBE, DELAYS, MOMENTS),
    st.builds(Barred, MODELS),
    st.builds(Refused, st.just("no"), st.sampled_from([401, 403])),
    st.builds(Stumbled, MAYBE),
    st.just(NotItsFault()),
)
STEPS = st.tuples(OUTCOMES, st.integers(0, 600), st.integers(0, 600))
HISTORIES = st.lists(STEPS, max_size=30)


def lived(history: list[tuple[Outcome, int, int]], policy: Policy = P) -> tuple[Health, datetime]:
    """A health after outcomes that came some seconds apart, each sent some seconds before."""
    health, now = Health(), NOW
    for outcome, gap, took in history:
        now += gap * SECOND
        health = after(health, outcome, policy, sent_at=now - took * SECOND, now=now)
    return health, now


@given(HISTORIES)
def test_cooling_ends_by_itself(history: list[tuple[Outcome, int, int]]) -> None:
    health, now = lived(history, Policy(auto_ban=False))
    for model in ("f", "g"):
        if model not in health.barred:
            assert usable(health, model, now + P.farthest_reset)


@given(HISTORIES)
def test_banned_stays_whatever_comes(history: list[tuple[Outcome, int, int]]) -> None:
    health = Health(banned="401")
    for outcome, gap, took in history:
        now = NOW + gap * SECOND
        health = after(health, outcome, P, sent_at=now - took * SECOND, now=now)
    assert health == Health(banned="401")
    assert free_at(health, "g") is None


@given(HISTORIES, st.one_of(st.just(Succeeded("g")), st.just(Stumbled()), st.just(Refused("no"))))
def test_what_was_sent_before_the_last_change_cannot_argue(
    history: list[tuple[Outcome, int, int]], outcome: Outcome
) -> None:
    health, now = lived(history)
    assume(health.whole.since > LONG_AGO)
    assume(health.models.get("g", health.whole).since >= health.whole.since)
    sent_at = health.whole.since - SECOND
    assert after(health, outcome, P, sent_at=sent_at, now=now) is health


@given(HISTORIES)
def test_what_is_stored_is_what_was_known(history: list[tuple[Outcome, int, int]]) -> None:
    health, _ = lived(history)
    assert load(json.loads(json.dumps(dump(health)))) == health


@given(HISTORIES)
def test_rests_only_grow_until_a_success(history: list[tuple[Outcome, int, int]]) -> None:
    health, now = Health(), NOW
    for outcome, gap, took in history:
        now += gap * SECOND
        before = health
        health = after(before, outcome, P, sent_at=now - took * SECOND, now=now)
        if not isinstance(outcome, Succeeded) and not health.banned:
            assert health.whole.until >= before.whole.until
