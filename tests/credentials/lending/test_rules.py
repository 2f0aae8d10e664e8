"""The operator's rules, from the settings."""

from __future__ import annotations

from credentials.kinds import Kind
from credentials.lending.rules import WORDS, Openness, Refused, Reward, Rules, Why, rules
from credentials.lending.states import Paid
from gateway import config


def test_nobody_lends_until_the_operator_opens_it() -> None:
    found = rules(config.load({}, {}, {}))
    assert (found.open, found.moderated, found.reward.paid) == (Openness.OFF, True, Paid.NONE)
    assert Kind.VERTEX not in found.kinds


def test_the_settings_become_rules() -> None:
    said = {
        "CONTRIBUTIONS": "invite",
        "CONTRIBUTION_MODERATION": "off",
        "CONTRIBUTION_KINDS": "gemini_api, openai",
        "CONTRIBUTION_TERMS": "Be kind.",
        "CONTRIBUTION_REWARD": "call",
        "CONTRIBUTION_REWARD_UNITS": "3",
        "CONTRIBUTION_REWARD_DAY_CAP": "50",
        "CONTRIBUTION_REWARD_TOTAL_CAP": "900",
    }
    assert rules(config.load(said, {}, {})) == Rules(
        open=Openness.INVITE,
        moderated=False,
        kinds=(Kind.GEMINI_API, Kind.OPENAI),
        extra="Be kind.",
        reward=Reward(paid=Paid.CALL, units=3, day_cap=50, total_cap=900),
    )


def test_every_refusal_has_its_words() -> None:
    assert WORDS.keys() == set(Why)
    assert str(Refused(Why.CLOSED)) == WORDS[Why.CLOSED]
