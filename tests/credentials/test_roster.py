"""One provider's credentials: a lane for all, and one for each model that somebody parked."""

from __future__ import annotations

from datetime import timedelta

from credentials.health import LONG_AGO, Health, Rest
from credentials.roster import Access, Member, Roster
from tests.credentials.fakes import NOW

MINUTE = timedelta(minutes=1)
PARKED = Health(models={"g": Rest(until=NOW + MINUTE)})


def member(id: int, health: Health | None = None, *, weight: int = 1) -> Member:
    access = Access(id, "gemini", f"no {id}", f"secret-{id}", "", {"project": "hidden"})
    return Member(access, "", weight, health or Health(), 0)


def roster(*members: Member, calls: int = 1) -> Roster:
    found = Roster(lambda: calls)
    for one in members:
        found.put(one, NOW)
    return found


def picks(found: Roster, model: str, count: int) -> list[int | None]:
    members = [found.pick(model, NOW, ()) for _ in range(count)]
    return [one.access.id if one else None for one in members]


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
    found.tidy(NOW + MINUTE)
    assert found.soonest("g", NOW) == NOW


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
