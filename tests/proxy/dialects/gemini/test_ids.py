from __future__ import annotations

from proxy.dialects.gemini.ids import Ids, minted


def test_the_same_facts_mint_the_same_id() -> None:
    assert minted("r", 0, "f") == minted("r", 0, "f")
    assert minted("r", 0, "f") != minted("r", 1, "f")


def test_results_without_ids_answer_the_calls_of_their_name_in_order() -> None:
    ids = Ids()
    first, second, other = (ids.call("", name, "{}") for name in ("f", "f", "g"))
    assert len({first, second, other}) == 3
    assert [ids.result("", name) for name in ("g", "f", "f")] == [other, first, second]


def test_a_given_id_counts() -> None:
    ids = Ids()
    assert ids.call("x", "f", "") == "x"
    assert ids.result("x", "f") == "x"


def test_an_id_that_a_client_made_up_is_matched_by_name() -> None:
    ids = Ids()
    call = ids.call("", "f", "")
    assert ids.result("made-up", "f") == call
    assert ids.result("unknown", "f") == "unknown"


def test_a_result_takes_the_earliest_call_that_still_waits() -> None:
    ids = Ids()
    calls = [ids.call(given, "f", "") for given in ("a", "", "b", "")]
    assert ids.result("b", "f") == "b"
    assert [ids.result("", "f") for _ in range(3)] == [calls[0], calls[1], calls[3]]
    assert ids.result("made-up", "f") == "made-up"


def test_an_id_that_is_called_again_waits_again() -> None:
    ids = Ids()
    for _ in range(2):
        ids.call("a", "f", "")
        assert ids.result("a", "f") == "a"
    ids.call("a", "f", "")
    assert ids.result("", "f") == "a"


def test_ids_that_were_chosen_to_clash_cost_one_step_each() -> None:
    ids = Ids()
    count = 300
    for number in range(2 * count):
        ids.call(minted("", number, "f", ""), "g", "")
    before = ids.clashes
    for _ in range(count):
        ids.call("", "f", "")
    assert ids.clashes - before <= 2 * count
