"""What the pages of lending say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from credentials.history import Mishap
from credentials.kinds import Kind
from credentials.lending.rules import Why
from credentials.lending.states import State, Verb, WrongState
from credentials.lending.wording import Risk
from credentials.oauth import revoke

SHAPES = {Risk.KEY: "active", Risk.ROBOT: "low", Risk.ACCOUNT: "spent"}
"""How much is at stake, as a shape: its words are those of the terms."""


def refusal(why: Why) -> str:
    """The sentences of `credentials.lending.rules`, which knows no language."""
    return {
        Why.CLOSED: _("Contributions are closed here."),
        Why.KIND: _("This kind of account or key is not accepted here."),
        Why.PROVIDER: _("This account or key belongs to another provider. Choose that one."),
        Why.INVITE: _("This invite code is unknown, used up or expired. Ask for a new one."),
        Why.TERMS: _("The terms have changed. Read them again, then agree again."),
        Why.TEXT: _("Write one line: a name has at most 100 characters, a contact at most 200."),
        Why.UNSEEN: _(
            "This holds a line break, or a character that nobody can see. Type it anew, on one "
            "line, instead of pasting it."
        ),
        Why.CAP: _("A cap is a whole number from 0 (none) to 1000000."),
        Why.SECRET: _("This cannot be a key or an account of this kind. Copy it again, whole."),
        Why.KNOWN: _(
            "This account or key is lent here already. Use the receipt that you were given."
        ),
    }[why]


def kind(of: Kind) -> str:
    return {
        Kind.GEMINI_API: _("Gemini API key"),
        Kind.VERTEX: _("Vertex service account"),
        Kind.CODE_ASSIST: _("Google account"),
        Kind.ANTHROPIC: _("Anthropic API key"),
        Kind.OPENAI: _("OpenAI API key"),
        Kind.OPENAI_COMPATIBLE: _("API key"),
        Kind.PROVIDER_OAUTH: _("account"),
    }[of]


def risk(of: Risk) -> str:
    """In a word; the terms say it at length."""
    return {
        Risk.KEY: _("official key"),
        Risk.ROBOT: _("service account"),
        Risk.ACCOUNT: _("personal account"),
    }[of]


def state(of: State) -> str:
    return {
        State.TESTING: _("being tested"),
        State.QUARANTINED: _("waiting for approval"),
        State.LENDING: _("lending"),
        State.PAUSED: _("paused"),
        State.WITHDRAWN: _("taken back"),
        State.REJECTED: _("not accepted"),
    }[of]


def shape(of: State) -> str:
    return {
        State.TESTING: "waiting",
        State.QUARANTINED: "waiting",
        State.LENDING: "healthy",
        State.PAUSED: "off",
        State.WITHDRAWN: "off",
        State.REJECTED: "spent",
    }[of]


def wrong(error: WrongState) -> str:
    """Somebody was quicker, or pressed a button of a page from before."""
    if error.verb is Verb.WITHDRAW:
        return _("It has ended already. Nothing of it is stored here.")
    return _("That cannot be done now: it has changed meanwhile. Here is how it is.")


def problem(of: Mishap) -> str:
    """What kind of failure it was."""
    match of.status:
        case 401 | 403:
            return _("The provider refused it.")
        case 429:
            return _("The provider asked for a pause: its quota was used up for a while.")
        case 0:
            return _("The provider could not be reached, or broke off.")
        case status if status >= 500:
            return _("The provider had a failure of its own.")
        case _:
            return _("The provider answered with an error.")


def undone(why: str) -> str:
    """Why the provider has not revoked the access."""
    known = revoke.Why(why) if why in set(revoke.Why) else revoke.Why.AWAY
    return revoke.NotRevoked(known).reason
