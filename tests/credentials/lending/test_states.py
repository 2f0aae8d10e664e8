"""What may be done to a contribution, and when."""

from __future__ import annotations

import pytest

from credentials.lending.states import ALIVE, FROM, State, Verb, WrongState, check


def test_every_verb_says_from_where() -> None:
    assert FROM.keys() == set(Verb)


@pytest.mark.parametrize("state", State)
def test_only_what_is_paused_is_resumed(state: State) -> None:
    if state is State.PAUSED:
        check(Verb.RESUME, state)
    else:
        with pytest.raises(WrongState, match=state):
            check(Verb.RESUME, state)


@pytest.mark.parametrize("verb", sorted(set(Verb) - {Verb.REVOKE}))
@pytest.mark.parametrize("state", sorted(set(State) - ALIVE))
def test_what_has_ended_stays_ended(verb: Verb, state: State) -> None:
    with pytest.raises(WrongState):
        check(verb, state)


@pytest.mark.parametrize("state", sorted(ALIVE))
def test_it_can_be_taken_back_at_any_time(state: State) -> None:
    check(Verb.WITHDRAW, state)
