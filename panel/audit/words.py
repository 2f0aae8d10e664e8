"""What entries are about, as a person reads it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def groups() -> dict[str, str]:
    """The nouns of actions."""
    return {
        "key": _("Keys"),
        "cost": _("Costs"),
        "credential": _("Credentials"),
        "contribution": _("Contributions"),
        "setting": _("Settings"),
        "session": _("Sessions"),
        "password": _("Password"),
        "factor": _("Second factor"),
        "handout": _("Hand-out links"),
        "invite": _("Invite codes"),
        "log": _("Live log"),
        "requests": _("Requests"),
        "audit": _("Audit trail"),
    }


def actor(name: str) -> str:
    who, _space, rest = name.partition(" ")
    known = {
        "administrator": _("administrator"),
        "command": _("a command"),
        "contributor": _("contributor"),
        "gateway": _("the gateway"),
        "visitor": _("a visitor"),
    }
    return f"{known.get(who, who)} {rest}".strip()


def action(name: str) -> str:
    """ "" for one that nobody has words for."""
    noun, _dot, verb = name.partition(".")
    of = {
        "key": _key,
        "credential": _credential,
        "contribution": _contribution,
        "session": _session,
    }.get(noun, _other)
    return of().get(name if of is _other else verb, "")


def _key() -> dict[str, str]:
    return {
        "create": _("Key made"),
        "edit": _("Key changed"),
        "enable": _("Key switched on"),
        "disable": _("Key switched off"),
        "delete": _("Key deleted"),
        "grant": _("Units granted"),
        "withdraw": _("Units withdrawn"),
        "refund": _("Units refunded"),
        "reset": _("Counted from zero"),
        "renew": _("Day's allowance renewed"),
        "resize": _("Quota set"),
        "unflag": _("Flag taken off a key"),
    }


def _credential() -> dict[str, str]:
    return {
        "add": _("Credential added"),
        "import": _("Credentials imported"),
        "load": _("Credentials loaded"),
        "unload": _("Credentials of the environment removed"),
        "export": _("Credential exported"),
        "edit": _("Credential changed"),
        "enable": _("Credential switched on"),
        "disable": _("Credential switched off"),
        "delete": _("Credential deleted"),
        "pardon": _("Credential pardoned"),
        "refresh": _("Token renewed"),
        "test": _("Credential tested"),
        "limit": _("Caps set"),
        "reset": _("Counts reset"),
        "identify": _("Owner's address looked up"),
    }


def _contribution() -> dict[str, str]:
    return {
        "offer": _("Credential lent"),
        "test": _("Lent credential tested"),
        "withdraw": _("Lent credential taken back"),
        "approve": _("Contribution approved"),
        "reject": _("Contribution refused"),
        "pause": _("Contribution paused"),
        "resume": _("Contribution resumed"),
        "cap": _("Lender's cap set"),
        "reward": _("Key for the reward chosen"),
    }


def _session() -> dict[str, str]:
    return {
        "begin": _("Logged in"),
        "end": _("Logged out"),
        "refuse": _("Log-in refused"),
    }


def _other() -> dict[str, str]:
    return {
        "cost.set": _("Cost set"),
        "cost.drop": _("Cost forgotten"),
        "setting.change": _("Setting changed"),
        "password.change": _("Panel password changed"),
        "factor.enable": _("Second factor switched on"),
        "factor.disable": _("Second factor switched off"),
        "factor.recode": _("New recovery codes"),
        "invite.create": _("Invite code made"),
        "invite.drop": _("Invite code ended"),
        "handout.claim": _("Key taken by its link"),
        "log.clear": _("Live log cleared"),
        "log.restore": _("Live log brought back"),
        "requests.export": _("Request log exported"),
        "audit.export": _("Audit trail exported"),
    }
