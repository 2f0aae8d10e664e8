"""What the log's codes, dialects and fields mean, in a person's words."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DIALECTS = {
    "openai_chat": "OpenAI Chat",
    "openai_responses": "OpenAI Responses",
    "openai_completions": "OpenAI Completions",
    "openai_images": "OpenAI Images",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "code_assist": "Code Assist",
}


class Advice(NamedTuple):
    """What happened, and what to do about it."""

    meaning: str
    advice: str


def dialect(name: str) -> str:
    return DIALECTS.get(name, name)


def codes() -> dict[str, Advice]:
    """Every code that the gateway writes into its log."""
    return _theirs() | _upstreams() | _ours()


def _theirs() -> dict[str, Advice]:
    """What the caller can mend."""
    return {
        "invalid_request": Advice(
            _("The request itself was wrong."),
            _("The caller's program has to change it; the message names the field."),
        ),
        "invalid_api_key": Advice(
            _("The key is not one of this gateway."),
            _("Have the caller look whether the whole key was copied, or make a new one."),
        ),
        "forbidden": Advice(
            _("The key may not do this."),
            _("Look at the key: is it on, has it expired, may it use this model and address?"),
        ),
        "path_not_found": Advice(
            _("There is no such path."), _("Have the caller look at its base URL.")
        ),
        "model_not_found": Advice(
            _("No upstream serves this model."),
            _("Have the caller look at the name, or add a provider or an alias for it."),
        ),
        "method_not_allowed": Advice(
            _("The path takes another method."), _("Have the caller look at its base URL.")
        ),
        "request_too_large": Advice(
            _("The body was larger than this gateway takes."),
            _("Have the caller send less, or raise MAX_BODY_BYTES."),
        ),
        "insufficient_quota": Advice(
            _("The key's units did not cover the call."),
            _("Grant the key more units, or wait until its day begins anew."),
        ),
        "rate_limit_exceeded": Advice(
            _("The key asked too fast, or too often at once."),
            _("The caller may try again in a moment; or raise the key's limits."),
        ),
        "client_disconnected": Advice(
            _("The client left before the answer was complete."),
            _("Nothing, if somebody pressed stop; if it happens often, look at its timeout."),
        ),
    }


def _upstreams() -> dict[str, Advice]:
    """What upstreams said, or did not say."""
    return {
        "upstream_rejected": Advice(
            _("The upstream refused the request itself."),
            _("The caller has to change it; the upstream's words say what is wrong."),
        ),
        "upstream_cooling": Advice(
            _("Every credential for this model was resting after upstream limits."),
            _("Add credentials, or wait: they come back by themselves."),
        ),
        "no_credential": Advice(
            _("No credential could serve this model."),
            _("Add one, or see in the credential list why those that there are cannot."),
        ),
        "upstream_failed": Advice(
            _("The upstream failed, or broke off."),
            _("If it is one credential, look at it; if it is all, the provider has a bad hour."),
        ),
        "upstream_timeout": Advice(
            _("The upstream was silent for too long."),
            _("It may be the provider's bad hour; or raise the timeouts in the settings."),
        ),
    }


def _ours() -> dict[str, Advice]:
    return {
        "shutting_down": Advice(
            _("The gateway was about to stop."), _("Nothing: the caller tries again.")
        ),
        "database_unavailable": Advice(
            _("The database was busy, full or away, so no quota could be reserved."),
            _("Look for room on its disk, and for a backup that locks it; the log says more."),
        ),
        "internal_error": Advice(
            _("The gateway made a mistake."),
            _("Look for the request id in the gateway's log, and report it with what it says."),
        ),
    }


def result(word: str) -> str:
    """How a credential ended, from the name of its outcome."""
    return {
        "Succeeded": _("answered"),
        "RateLimited": _("was told to wait"),
        "Barred": _("may not use this model"),
        "Refused": _("was not accepted"),
        "Stumbled": _("failed"),
        "NotItsFault": _("did not answer, for no fault of its own"),
        "Proven": _("answered"),
        "Unavailable": _("had nothing to lend"),
    }.get(word, word)


def field(name: str) -> str:
    """What is lost with a field of a request, "" where the name says it all."""
    return {
        "cache_control": _("marks of what the upstream should keep in its cache"),
        "citations": _("where sentences were taken from"),
        "logprobs": _("how likely each token was"),
        "top_logprobs": _("how likely other tokens were"),
        "logit_bias": _("which tokens to prefer or avoid"),
        "parallel_tool_calls": _("whether several tools may be called at once"),
        "safety_settings": _("how strictly the upstream filters"),
        "safetySettings": _("how strictly the upstream filters"),
        "signature": _("the upstream's seal on its thinking"),
        "thoughtSignature": _("the upstream's seal on its thinking"),
        "thinking": _("thinking of an earlier turn"),
        "finish_reason": _("the exact reason why the answer ended"),
        "service_tier": _("how urgent the call is"),
        "seed": _("the number that makes answers repeatable"),
        "user": _("who the caller's own user is"),
        "metadata": _("the caller's own notes"),
        "store": _("whether the upstream keeps the answer"),
    }.get(name, "")


def span(milliseconds: int | None) -> str:
    """`820 ms`, `1.25 s`, `12.1 s`, `2 min 5 s`; "" for None."""
    if milliseconds is None:
        return ""
    if milliseconds < 1_000:
        return _("%(count)s ms") % {"count": milliseconds}
    if milliseconds < 60_000:
        digits = 2 if milliseconds < 10_000 else 1
        return _("%(seconds)s s") % {"seconds": f"{milliseconds / 1000:.{digits}f}"}
    minutes, rest = divmod(milliseconds // 1000, 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": f"{minutes:,}", "seconds": rest}


def units(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": f"{count:,}"}
