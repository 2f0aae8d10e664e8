"""Several attempts as one answer, event by event."""

from __future__ import annotations

from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Delta,
    Dialect,
    Extra,
    Logprobs,
    Opaque,
    Open,
    Ping,
    Signature,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    Usage,
)
from proxy.stages.patchwork import Patchwork
from tests.proxy.stages.scripted import LENGTH, STOP, said, text

PROOF = Signature(Dialect.GEMINI, "cHJvb2Y=")
THOUGHT: Batch = [Open(0, Thinking("")), Delta(0, "Hm"), Close(0)]
TALE = "Once upon a time there was a fox"


def after(*events: Batch, start: Batch | None = None) -> tuple[Patchwork, Batch]:
    """A patchwork whose first attempt was cut, and all that it told of that and of `events`."""
    answer = Patchwork(3)
    told = answer.take(start or said(TALE, finish=LENGTH))
    assert answer.cut
    answer.again()
    for batch in events:
        told += answer.take(batch)
    return answer, told


def tokens(*words: str) -> Logprobs:
    return Logprobs(tuple(TokenLogprob(word, -0.5) for word in words))


def test_thoughts_of_a_continuation_are_a_part_between_two_texts() -> None:
    more: Batch = [Open(1, Text(" that")), Delta(1, " ran."), Close(1), STOP]
    _, told = after([Start("2", "m"), *THOUGHT, *more])
    assert text(told) == TALE + " that ran."
    assert told[3:] == [
        Close(0),
        Open(1, Thinking("")),
        Delta(1, "Hm"),
        Close(1),
        Open(2, Text("")),
        Delta(2, " that"),
        Delta(2, " ran."),
        Close(2),
        STOP,
    ]


def test_a_repetition_after_a_thought_is_left_out_too() -> None:
    more: Batch = [Open(1, Text(TALE[10:])), Delta(1, " that ran."), Close(1), STOP]
    _, told = after([*THOUGHT, *more])
    assert text(told) == TALE + " that ran."


def test_signed_thoughts_are_shown_to_the_model_again() -> None:
    start: Batch = [*THOUGHT[:2], Close(0, PROOF), Open(1, Text("a")), Close(1), LENGTH]
    answer = Patchwork(3)
    answer.take(start)
    thought, spoken = answer.again()
    assert (thought.text, thought.signature, thought.ended) == ("Hm", PROOF, True)
    assert (spoken.text, spoken.signature) == ("a", None)


def test_a_signed_text_is_closed_and_none_is_joined_to_it() -> None:
    start: Batch = [Open(0, Text(TALE)), Close(0, PROOF), LENGTH]
    _, told = after(said(" that ran."), start=start)
    assert told[1:] == [
        Close(0, PROOF),
        Open(1, Text("")),
        Delta(1, " that ran."),
        Close(1),
        STOP,
    ]


def test_a_text_that_is_signed_from_the_start_joins_no_other() -> None:
    _, told = after([Open(0, Text(" that", PROOF)), Close(0), STOP])
    assert told[3:] == [Close(0), Open(1, Text("", PROOF)), Delta(1, " that"), Close(1), STOP]


def test_sources_of_a_joined_text_are_all_told() -> None:
    first = Opaque(Dialect.ANTHROPIC, shape={"citations": [1]})
    second = Opaque(Dialect.ANTHROPIC, shape={"citations": [2]})
    start: Batch = [Open(0, Text(TALE)), Close(0, opaque=first), LENGTH]
    _, told = after([Open(0, Text(" ran")), Close(0, opaque=second), STOP], start=start)
    joined = Opaque(Dialect.ANTHROPIC, shape={"citations": [1, 2]})
    assert told[-2:] == [Close(0, opaque=joined), STOP]


def test_sources_count_from_the_start_of_the_whole_text() -> None:
    # The continuation repeats 13 characters, so its own text begins 13 before the seam.
    repeated = TALE[-13:]
    cite = Cite((Citation("u", "", 0, 13), Citation("v", "", 14, 18)))
    more: Batch = [Open(0, Text("")), Delta(0, f"{repeated} that ran"), Close(0), cite, STOP]
    _, told = after(more)
    [found] = [event for event in told if type(event) is Cite]
    whole = text(told)
    places = [whole[one.start : one.end] for one in found.citations]
    assert places == [repeated, "that"]


def test_sources_of_the_cut_text_are_told_before_it_goes_on() -> None:
    cite = Cite((Citation("u", "", 0, 4),))
    start: Batch = [Open(0, Text(TALE)), Close(0), cite, Usage(1), LENGTH]
    _, told = after(said(" that ran."), start=start)
    assert told[1:4] == [cite, Usage(1), Delta(0, " that ran.")]


def test_log_probabilities_of_a_repetition_are_left_out() -> None:
    more: Batch = [Open(0, Text(""))]
    for word in (" there", " was", " a fox", " that", " ran"):
        more += [Delta(0, word), tokens(word)]
    _, told = after(*([event] for event in more), [Close(0), STOP])
    assert text(told) == TALE + " that ran"
    assert [one for one in told if type(one) is Logprobs] == [tokens(" that"), tokens(" ran")]


def test_log_probabilities_in_one_are_cut_where_the_repetition_ends() -> None:
    words = (" there", " was", " a fox", " that")
    _, told = after([Open(0, Text("".join(words))), Close(0), tokens(*words), STOP])
    assert told[-3:] == [Close(0), tokens(" that"), STOP]


def test_what_is_used_is_known_while_text_is_held_back() -> None:
    answer, _ = after([Start("2", "m"), Open(0, Text(""))])
    assert answer.take([Delta(0, TALE[10:20]), Usage(4, 2), tokens("x")]) == [Usage(4, 2)]
    assert answer.take([Close(0), STOP])[:2] == [Delta(0, TALE[10:20]), tokens("x")]


def test_the_end_of_a_text_waits_and_usage_does_not() -> None:
    answer = Patchwork(3)
    assert answer.take([Open(0, Text("a")), Close(0), Usage(1)]) == [Open(0, Text("a")), Usage(1)]
    assert answer.take([Open(1, Thinking(""))]) == [Close(0), Open(1, Thinking(""))]


def test_details_of_usage_that_do_not_add_up_are_told_once() -> None:
    own = Opaque(Dialect.OPENAI_CHAT, {"cost": 1})
    start = said(TALE, finish=LENGTH, usage=Usage(10, 5, opaque=own))
    _, told = after(said(" that", usage=Usage(20, 6, opaque=own)), start=start)
    assert [one for one in told if type(one) is Usage] == [Usage(10, 5, opaque=own), Usage(30, 11)]


def test_pings_and_extras_of_every_attempt_pass() -> None:
    extra = Extra(Opaque(Dialect.GEMINI, {"a": 1}))
    _, told = after([Ping(), extra, *said(" that")])
    assert told[3:5] == [Ping(), extra]


def test_only_the_first_text_of_a_continuation_may_repeat() -> None:
    more: Batch = [Open(0, Text(" that ran. ")), Close(0), Open(1, Text(TALE)), Close(1), STOP]
    _, told = after(more)
    assert text(told) == f"{TALE} that ran. {TALE}"
