"""The operator's rules for contributions, and in which words one is refused. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Protocol

import msgspec

from credentials.kinds import Kind
from credentials.lending.states import Paid


class Openness(enum.StrEnum):
    """Who may contribute."""

    OFF = "off"
    OPEN = "open"
    INVITE = "invite"
    """Whoever has a code."""


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """`units` for each healthy day or served call, at most so many for a day of one contribution,
    and so many for a contribution as long as it lasts; 0: no limit."""

    paid: Paid = Paid.NONE
    units: int = 1
    day_cap: int = 0
    total_cap: int = 0


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """`extra` is the operator's own paragraph of the terms."""

    open: Openness = Openness.OFF
    moderated: bool = True
    kinds: tuple[Kind, ...] = ()
    reward: Reward = Reward()
    extra: str = ""


class Settings(Protocol):
    """The settings that these rules are made of."""

    @property
    def contributions(self) -> Openness: ...
    @property
    def contribution_moderation(self) -> bool: ...
    @property
    def contribution_kinds(self) -> tuple[Kind, ...]: ...
    @property
    def contribution_terms(self) -> str: ...
    @property
    def contribution_reward(self) -> Paid: ...
    @property
    def contribution_reward_units(self) -> int: ...
    @property
    def contribution_reward_day_cap(self) -> int: ...
    @property
    def contribution_reward_total_cap(self) -> int: ...


def rules(config: Settings) -> Rules:
    return Rules(
        open=config.contributions,
        moderated=config.contribution_moderation,
        kinds=config.contribution_kinds,
        extra=config.contribution_terms,
        reward=Reward(
            paid=config.contribution_reward,
            units=config.contribution_reward_units,
            day_cap=config.contribution_reward_day_cap,
            total_cap=config.contribution_reward_total_cap,
        ),
    )


class Why(enum.StrEnum):
    """Why a contribution is refused."""

    CLOSED = "closed"
    KIND = "kind"
    PROVIDER = "provider"
    INVITE = "invite"
    TERMS = "terms"
    TEXT = "text"
    UNSEEN = "unseen"
    CAP = "cap"
    SECRET = "secret"  # noqa: S105 - a word
    KNOWN = "known"


WORDS: Mapping[Why, str] = {
    Why.CLOSED: "Contributions are closed here.",
    Why.KIND: "This kind of account or key is not accepted here.",
    Why.PROVIDER: "This account or key belongs to another provider. Choose that one.",
    Why.INVITE: "This invite code is unknown, used up or expired. Ask for a new one.",
    Why.TERMS: "The terms have changed. Read them again, then agree again.",
    Why.TEXT: "Write one line: a name has at most 100 characters, a contact at most 200.",
    Why.UNSEEN: "This holds a line break, or a character that nobody can see. Type it anew, on one "
    "line, instead of pasting it.",
    Why.CAP: "A cap is a whole number from 0 (none) to 1000000.",
    Why.SECRET: "This cannot be a key or an account of this kind. Copy it again, whole.",
    Why.KNOWN: "This account or key is lent here already. Use the receipt that you were given.",
}


class Refused(ValueError):
    """`why`, in a sentence for the lender. `detail` says what is wrong with a secret, if that is
    known; it never quotes one."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(WORDS[why])
        self.why = why
        self.detail = detail
