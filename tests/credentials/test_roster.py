"""One provider's credentials: a lane for all, and one for each model that somebody parked."""

from __future__ import annotations

from datetime import timedelta

from credentials.caps import Calendar, Caps
from credentials.health import LONG_AGO, Health, Rest
from credentials.orders import Strategy
from credentials.roster import Access, Member, Roster, Rules
from tests.credentials.fakes import NOW

MINUTE = timedelta(minutes=1)
PARKED = Health(models={"g": Rest(until=NOW + MINUTE)})


def member(id: int, health: Health | None = None, *, weight: int = 1) -> Member:
    access = Access(id, "gemini", f"no {id}", f"secret-{id}", "", {"project": "hidden"})
    return Member(access, "", weight, health or Health(), 0)


def roster(*members: Member, calls: int = 1) -> Roster:
    found = Roster(Rules(lambda: calls))
    for one in members:
        found.put(one, NOW)
    return found


def picks(found: Roster, model: str, count: int) -> list[int | None]:
    chosen = [found.pick(model, NOW, ()) for _ in range(count)]
    return [one.member.access.id if one else None for one in chosen]


def test_a_parked_model_rests_alone() -> None:
    found = roster(member(1, PARKED), member(2))
    assert picks(found, "g", 3) == [2, 2, 2]
    assert set(picks(found, "f", 2)) == {1, 2}


def test_a_model_parked_later_gets_its_lane_then() -> None:
    one = member(1)
    found = roster(one, member(2))
    one.health = PARKED
    found.note(one, NOW)
    assert picks(found, "g", 2) == [2, 2]


def test_a_barred_model_is_never_served() -> None:
    found = roster(member(1, Health(barred=("g",))))
    assert picks(found, "g", 1) == [None]
    assert found.soonest("g", NOW + 9 * MINUTE) is None
    assert picks(found, "f", 1) == [1]


def test_weight_and_calls_make_the_turn() -> None:
    found = roster(member(1, weight=2), member(2), calls=2)
    assert picks(found, "g", 7) == [1, 1, 1, 1, 2, 2, 1]


def test_one_that_was_dropped_is_not_picked() -> None:
    found = roster(member(1), member(2))
    found.drop(1)
    assert picks(found, "g", 2) == [2, 2]
    assert len(found) == 1


def test_the_lane_of_a_model_is_given_up_when_nobody_rests() -> None:
    found = roster(member(1, PARKED), member(2))
    picks(found, "g", 2)
    found.tidy(NOW)
    assert picks(found, "g", 2) == [2, 2]
    found.tidy(NOW + 11 * MINUTE)
    first = found.soonest("g", NOW)
    assert first is not None
    assert first[0] == NOW


def test_a_rest_of_the_whole_counts_in_every_lane() -> None:
    one = member(1, PARKED)
    found = roster(one, member(2))
    one.health = Health(whole=Rest(until=NOW + 2 * MINUTE), models=PARKED.models)
    found.note(one, NOW)
    assert picks(found, "g", 2) == [2, 2]
    assert picks(found, "f", 2) == [2, 2]
    assert one.health.whole.since == LONG_AGO


def test_nothing_shows_a_secret() -> None:
    one = member(1)
    shown = f"{one!r} {one} {one.access!r} {one.access} {[one.access]}"
    assert "secret-1" not in shown
    assert "hidden" not in shown


RESTED = Health(whole=Rest(until=NOW, since=NOW - MINUTE, reason="RATE_LIMIT_EXCEEDED"))
REFUSED = Health(whole=Rest(until=NOW, since=NOW - MINUTE, refusals=1, reason="401"))


def test_one_call_tries_a_credential_after_its_rest_and_others_go_elsewhere() -> None:
    found = roster(member(1, RESTED), member(2))
    assert picks(found, "g", 4) == [1, 2, 2, 2]


def test_what_was_tried_is_for_everybody_again() -> None:
    one = member(1, RESTED)
    found = roster(one, member(2))
    choice = found.pick("g", NOW, ())
    assert choice is not None
    assert choice.trial == (None,)
    one.health = Health()
    found.tried(one, choice.trial, NOW)
    assert sorted(filter(None, picks(found, "g", 4))) == [1, 1, 2, 2]


def test_where_there_is_no_elsewhere_a_trial_keeps_nobody_out() -> None:
    found = roster(member(1, RESTED))
    assert picks(found, "g", 3) == [1, 1, 1]
    assert found.pick("g", NOW, {1}) is None


def test_but_one_that_was_refused_is_tried_by_one_alone() -> None:
    found = roster(member(1, REFUSED))
    assert picks(found, "g", 3) == [1, None, None]


def test_a_trial_that_nobody_reports_comes_to_an_end() -> None:
    found = roster(member(1, REFUSED))
    assert found.pick("g", NOW, ()) is not None
    assert found.pick("g", NOW + MINUTE, ()) is None
    assert found.pick("g", NOW + 2 * MINUTE, ()) is not None


def test_a_model_is_tried_alone() -> None:
    rested = Health(models={"g": Rest(until=NOW + MINUTE, since=NOW)})
    found = roster(member(1, rested), member(2))
    later = NOW + MINUTE
    choices = [found.pick(model, later, ()) for model in ("g", "g", "g", "f", "f")]
    ids = [choice.member.access.id for choice in choices if choice]
    assert ids[:3].count(1) == 1
    assert set(ids[3:]) == {1, 2}


def test_the_first_stumble_is_no_rest_to_come_back_from() -> None:
    found = roster(member(1, Health(whole=Rest(until=NOW, since=NOW, stumbles=1))), member(2))
    assert picks(found, "g", 4) == [1, 2, 1, 2]


def test_who_is_wanted_is_taken_if_it_may_serve() -> None:
    found = roster(member(1), member(2), member(3, PARKED))
    wanted = [found.pick("g", NOW, (), 2) for _ in range(3)]
    assert [choice.member.access.id for choice in wanted if choice] == [2, 2, 2]
    for id, exclude in ((3, ()), (2, (2,)), (99, ())):
        choice = found.pick("g", NOW, exclude, id)
        assert choice is not None
        assert choice.member.access.id != id


def test_a_cap_rests_a_credential_until_it_ends() -> None:
    one = member(1)
    one.tally.limit(Caps(day=1))
    found = roster(one, member(2))
    one.tally.count(NOW, Calendar(), pro=False)
    assert picks(found, "g", 3) == [2, 2, 2]
    one.tally.limit(Caps(day=2))
    found.put(one, NOW)
    assert 1 in picks(found, "g", 2)


def test_the_cap_for_pro_rests_pro_models_alone() -> None:
    one = member(1)
    one.tally.limit(Caps(pro=1))
    found = Roster(Rules(pro=lambda model: "pro" in model))
    found.put(one, NOW)
    one.tally.count(NOW, Calendar(), pro=True)
    assert picks(found, "g-pro", 1) == [None]
    assert picks(found, "g-flash", 1) == [1]
    first = found.soonest("g-pro", NOW)
    assert first is not None
    assert first[0] == one.tally.until


def test_the_strategy_changes_without_a_restart() -> None:
    strategy = [Strategy.ROTATION]
    found = Roster(Rules(strategy=lambda: strategy[0]))
    for id in (1, 2):
        found.put(member(id), NOW)
    assert picks(found, "g", 2) == [1, 2]
    strategy[0] = Strategy.FILL_FIRST
    found.tidy(NOW)
    assert picks(found, "g", 3) == [1, 1, 1]


def test_lanes_are_few_however_many_models_are_named() -> None:
    models = {f"m{number}": Rest(until=NOW + MINUTE) for number in range(60)}
    found = roster(member(1, Health(models=models)), member(2))
    for number in range(60):
        assert picks(found, f"m{number}", 1) == [2]
    assert picks(found, "m0", 1) == [2]
    assert len(found._models) <= 32
