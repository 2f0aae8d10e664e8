"""What may change between two dialects: what a loss names, and a short list with reasons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import groupby
from typing import NamedTuple

from proxy.dialects.base import Loss
from proxy.ir import Dialect
from tests.proxy.pairs.summary import Table, differences

CHAT, RESPONSES = Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES
ANTHROPIC, GEMINI = Dialect.ANTHROPIC, Dialect.GEMINI
ANY = frozenset(Dialect)

NAMES: dict[str, set[str]] = {
    "errors": {"is_error"},
    "parallel": {"parallel_tool_calls"},
    "format": {"response_format"},
    "schema": {"response_format"},
    "top_logprobs": {"logprobs"},
    "builtin": {"search", "code", "url_context"},
    # With the only tool that a request offers goes the choice.
    "tool_choice": {"tool_choice", "allowed_tools", "search", "code"},
    "modalities": {"modalities", "modality:image", "modality:audio"},
    "finish": {"finish_reason", "finish_message", "choices", "refusal"},
    "refusal": {"refusal"},
    "text": {"choices"},
    "order": {"part_order", "system order", "system role", "choices", "refusal", "tool_call"},
    "media": {"image", "audio", "video", "file", "choices"},
}
"""What is compared → the losses that name it; without an entry it is called the same in both."""


class Expected(NamedTuple):
    """A difference that is no loss. `when` looks at both tables."""

    key: str
    targets: Collection[Dialect]
    reason: str
    when: Callable[[Table, Table], bool]


def _one_word(before: Table, after: Table) -> bool:
    return {*before["finish"], *after["finish"]} == {"refused", "filtered"}


def _as_text(before: Table, after: Table) -> bool:
    return bool(before["refusal"] and after["text"] == before["text"] + before["refusal"])


def _files_only(before: Table, after: Table) -> bool:
    """Files are gone or elsewhere, which is told under "media"; all else is in the same order."""
    same = all(before.get(key) == after.get(key) for key in ("media", "result media"))
    return not same and _but_files(before) == _but_files(after)


def _but_files(table: Table) -> list[tuple[str, str]]:
    said = (each for each in table.get("order", ()) if each[1] != "media")
    return [each for each, _ in groupby(said)]


_FILES = Expected("order", ANY, "whether a file arrives is another question", _files_only)


REQUESTS = [
    Expected(
        "max_tokens", {ANTHROPIC}, "Anthropic demands a limit; it gets the model's own",
        lambda before, after: "max_tokens" not in before,
    ),
    Expected(
        "result media", {CHAT}, "a result of Chat is text: its pictures follow as a user's",
        lambda before, after: before.get("media") == after.get("media"),
    ),
    _FILES,
    Expected(
        "media", {ANTHROPIC}, "a plain text file is a text where Anthropic reads it",
        lambda before, after: not after.get("media") and before["text"] != after.get("text"),
    ),
    Expected(
        "text", {ANTHROPIC}, "a plain text file is a text where Anthropic reads it",
        lambda before, after: bool(before.get("media")) and not after.get("media"),
    ),
]  # fmt: skip
ANSWERS = [
    _FILES,
    Expected("finish", ANY, "one has one word for what the other has two", _one_word),
    Expected("text", {ANTHROPIC, GEMINI}, "a refusal has no field of its own", _as_text),
    Expected("order", {ANTHROPIC, GEMINI}, "a refusal has no field of its own", _as_text),
    Expected("refusal", {ANTHROPIC, GEMINI}, "a refusal has no field of its own", _as_text),
    Expected(
        "input", {ANTHROPIC}, "the upstream says that more is cached than there is",
        lambda before, after: before["cached"] > before["input"],
    ),
    Expected(
        "output", {GEMINI}, "the upstream says that more is thought than there is",
        lambda before, after: before["thinking tokens"] > before["output"],
    ),
]  # fmt: skip


class Refused(NamedTuple):
    """What changes the meaning if it is left out, and so is refused with `words`."""

    words: str
    targets: Collection[Dialect]
    reason: str


REFUSALS = [
    Refused("takes no audio", {ANTHROPIC}, "Anthropic's models hear nothing"),
    Refused("takes no video", {CHAT, RESPONSES, ANTHROPIC}, "only Gemini watches"),
    Refused("n must be 1", {ANTHROPIC}, "Anthropic gives one answer"),
    Refused("gives one answer", {RESPONSES, ANTHROPIC}, "Responses gives one answer"),
    Refused("Google does not read this URL", {GEMINI}, "before the codec, the gateway fetches it"),
    Refused("file by URL is not taken", {CHAT}, "Chat takes files as data"),
    Refused(
        "names a file by its id",
        {CHAT, RESPONSES, ANTHROPIC, GEMINI},
        "only the service that keeps a file can read it",
    ),
    Refused("only Google can read", {CHAT, RESPONSES, ANTHROPIC}, "the file lies at Google"),
]


def refusal(message: str, target: Dialect) -> Refused | None:
    """The listed refusal that this is."""
    found = (each for each in REFUSALS if target in each.targets and each.words in message)
    return next(found, None)


def unexplained(
    before: Table, after: Table, target: Dialect, losses: Iterable[Loss], known: list[Expected]
) -> dict[str, object]:
    """The differences that neither a loss nor the list accounts for."""
    told = {loss.field for loss in losses}
    found = differences(before, after)
    return {
        key: values
        for key, values in found.items()
        if not told & NAMES.get(key, {key}) and not _listed(key, before, after, target, known)
    }


def _listed(key: str, before: Table, after: Table, target: Dialect, known: list[Expected]) -> bool:
    return any(
        each.key == key and target in each.targets and each.when(before, after) for each in known
    )
