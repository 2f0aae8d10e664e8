"""What a candidate says is told one part after the other."""

from __future__ import annotations

from itertools import count

from proxy.dialects.openai_chat.speech import Speech
from proxy.ir import Batch, Close, Delta, Dialect, Media, Open, Refusal, Signature, Text, Thinking

PROOF = Signature(Dialect.GEMINI, "c2ln")


def test_another_kind_closes_the_part_that_is_open() -> None:
    speech, out = Speech(0, count(), lambda out: True), Batch()
    speech.say(Thinking, "h", out)
    speech.say(Thinking, "m", out)
    speech.say(Text, "a", out)
    assert out == [Open(0, Thinking("h")), Delta(0, "m"), Close(0), Open(1, Text("a"))]


def test_what_is_said_in_the_middle_of_a_call_waits() -> None:
    free, out = False, Batch()
    speech = Speech(0, count(), lambda out: free)
    speech.say(Text, "a", out)
    speech.show(Media("image/png", "aGk="), out)
    speech.seal(PROOF, out)
    assert out == []
    free = True
    speech.catch_up(out)
    speech.hush(out)
    opened = [event.part for event in out if isinstance(event, Open)]
    assert opened == [Text("a"), Media("image/png", "aGk="), Text("")]
    assert out[-1] == Close(2, PROOF)


def test_a_signature_goes_to_what_is_open_and_has_none() -> None:
    speech, out = Speech(0, count(), lambda out: True), Batch()
    assert not speech.sign(PROOF)
    speech.say(Text, "a", out)
    assert speech.sign(PROOF)
    assert not speech.sign(PROOF)
    speech.say(Refusal, "no", out)
    assert not speech.sign(PROOF)
    assert out[1] == Close(0, PROOF)
    assert speech.refused
