"""Writes what survives a translation into docs/translation.md and the READMEs, by trying it:
`python -m tests.support.survival`.

A column is the dialect that something is said to: of an upstream for what is asked, of a client
for what is answered. It is said first in each other dialect that can say it at all.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from proxy.dialects.base import Codec, Loss
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Close, Dialect, Event, Foreign, Open, Request
from tests.proxy.pairs import summary
from tests.proxy.pairs.known import ANSWERS, REQUESTS, unexplained
from tests.proxy.pairs.probes import PROBES, Probe, asked
from tests.proxy.pairs.test_conversation import held
from tests.proxy.pairs.tongues import CODECS, MODELS
from tests.support.source import ROOT

PAGE = ROOT / "docs" / "translation.md"
READMES = {"README.md": "english", "README.zh-CN.md": "chinese"}
SURVIVES, REFUSED, SILENT = "✓", "400", "lost in silence"

NAMES = {
    Dialect.OPENAI_CHAT: "Chat",
    Dialect.OPENAI_RESPONSES: "Responses",
    Dialect.ANTHROPIC: "Anthropic",
    Dialect.GEMINI: "Gemini",
}
_PROOFS = ("Signatures of its thoughts, over five turns", "思考签名（多轮往返）")


class Row(NamedTuple):
    """`cells`: by the dialect that is spoken to, the outcome by the dialect that spoke."""

    english: str
    chinese: str
    cells: dict[Dialect, dict[Dialect, str]]


class Words(NamedTuple):
    """The words of a README's language; `key` explains the marks."""

    head: str
    partly: str
    named: str
    comma: str
    everywhere: str
    key: str


@cache
def rows() -> tuple[Row, ...]:
    found = [
        Row(probe.english, probe.chinese, {each: dict(_tried(probe, each)) for each in CODECS})
        for probe in PROBES
    ]
    return (*found, Row(*_PROOFS, {each: _proven(each) for each in CODECS}))


def _tried(probe: Probe, target: Dialect) -> Iterator[tuple[Dialect, str]]:
    for origin, codec in CODECS.items():
        if origin is target:
            continue
        said = _said(probe, codec)
        if said is not None:
            yield origin, _outcome(probe, said, CODECS[target])


def _said(probe: Probe, codec: Codec) -> Any:
    """What the dialect makes of the probe; None if it has no words for it."""
    if codec.name in probe.native:
        return _heard(probe, codec)
    try:
        again, losses = _through(probe.said, codec, "m")
    except GatewayError:
        return None
    if losses or _changed(probe, probe.said, again):
        return None
    if isinstance(again, Request):
        return again
    # What a dialect does not read of its own (Anthropic's pictures), its upstreams do not say.
    known = not any(isinstance(each, Open) and type(each.part) is Foreign for each in again)
    return [_unproven(event) for event in again] if known else None


def _heard(probe: Probe, codec: Codec) -> Any:
    """What is understood of the dialect's own spelling, which must be the probe."""
    wire = probe.native[codec.name]
    asks = isinstance(probe.said, Request)
    said = codec.parse_request(wire, model="m") if asks else codec.parse_response(wire)
    assert not _changed(probe, probe.said, said), (probe.english, codec.name)
    return said


def _unproven(event: Event) -> Event:
    """Proofs have a row of their own."""
    return replace(event, signature=None) if isinstance(event, Close) else event


def _outcome(probe: Probe, said: Any, codec: Codec) -> str:
    try:
        again, losses = _through(said, codec)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return REFUSED
    known = ANSWERS if isinstance(said, list) else REQUESTS
    silent = unexplained(_told(said), _told(again), codec.name, losses, known)
    if silent.keys() & {*probe.keys}:
        return SILENT
    lost = ", ".join(sorted({loss.field for loss in losses}))
    return f"loss: {lost}" if lost else SURVIVES


def _through(
    said: Request | Batch, codec: Codec, model: str = ""
) -> tuple[Request | Batch, list[Loss]]:
    """What is understood of it again in a dialect, and what was lost."""
    if isinstance(said, list):
        rendered = codec.render_response(said, asked())
        return codec.parse_response(rendered.body), rendered.losses
    name = model or MODELS[codec.name]
    rendered = codec.render_request(replace(said, model=name))
    return codec.parse_request(rendered.body, model=name), rendered.losses


def _told(said: Any) -> summary.Table:
    return summary.of_answer(said) if isinstance(said, list) else summary.of_request(said)


def _changed(probe: Probe, before: Any, after: Any) -> set[str]:
    return {*summary.differences(_told(before), _told(after))} & {*probe.keys}


def _proven(upstream: Dialect) -> dict[Dialect, str]:
    """Whether a client gives an upstream its proofs back, of whole answers."""
    found = {}
    for client in CODECS:
        if client is not upstream:
            talk = held(client, upstream, streams=False)
            lost = "signature" in set.union(*talk.told, *talk.asked)
            found[client] = "loss: signature" if lost else SURVIVES
    return found


def cell(outcomes: dict[Dialect, str]) -> str:
    """One outcome if all are the same, else each with the dialect it came from."""
    if len(set(outcomes.values())) == 1:
        return next(iter(outcomes.values()))
    return "<br>".join(f"{NAMES[one]}: {outcome}" for one, outcome in outcomes.items())


def short(outcomes: dict[Dialect, str], words: Words) -> str:
    """One mark."""
    kinds = {outcome.partition(":")[0] for outcome in outcomes.values()}
    if len(kinds) > 1:
        return words.partly
    return cell(outcomes) if kinds <= {SURVIVES, REFUSED, SILENT} else words.named


def page() -> str:
    """docs/translation.md."""
    found = [[row.english, *map(cell, row.cells.values())] for row in rows()]
    return f"{_HEAD}{_table('', found)}{_NOTES}"


def block(language: str) -> str:
    """The marked block of a README: what survives everywhere in one sentence, the rest by row."""
    words = _WORDS[language]
    marks = [
        (getattr(row, language), [short(each, words) for each in row.cells.values()])
        for row in rows()
    ]
    whole = [name for name, found in marks if set(found) == {SURVIVES}]
    parts = [[name, *found] for name, found in marks if set(found) != {SURVIVES}]
    first = words.everywhere.format(words.comma.join(whole))
    table = _table(words.head, parts)
    if language == "english":
        first = textwrap.fill(first, 99, break_long_words=False, break_on_hyphens=False)
    return f"<!-- survival -->\n{first}\n\n{table}\n{words.key}\n<!-- /survival -->"


def _table(head: str, lines: list[list[str]]) -> str:
    top = [[head, *NAMES.values()], ["---"] * (len(NAMES) + 1)]
    return "".join(f"| {' | '.join(line)} |\n" for line in [*top, *lines])


def filled(text: str, language: str) -> str:
    """A README with its block as it should be."""
    return re.sub(
        r"<!-- survival -->.*<!-- /survival -->", lambda _: block(language), text, flags=re.DOTALL
    )


_WORDS = {
    "english": Words(
        head="said to",
        partly="partly",
        named="named",
        comma="; ",
        everywhere="From any of the four dialects to any other, unchanged: {}. And:",
        key="""\
✓ survives from every other dialect; *named*: the header `x-potluck-dropped` names what is lost;
*partly*: that depends on who speaks; 400: refused, because leaving it out would change the
question. With field names and per dialect: [docs/translation.md](docs/translation.md).""",
    ),
    "chinese": Words(
        head="目标方言",
        partly="部分",
        named="已列出",
        comma="；",
        everywhere="四种方言之间任意互译都原样保留：{}。其余如下：",
        key="""\
✓ 从其他任何方言翻译过来都完整保留；*已列出*：丢失的内容会写在响应头 `x-potluck-dropped` 里；
*部分*：取决于来源方言；400：去掉会改变原意，因此拒绝。
字段名和各方言的细节见 [docs/translation.md](docs/translation.md)。""",
    ),
}

_HEAD = """\
# What survives a translation

<!-- Written by `make docs`, which tries each row; edit tests/proxy/pairs/probes.py. -->

A column is the dialect that something is said **to**: an upstream's for what is asked, a client's
for what is answered. Each row is tried from every other dialect that can say it.

- ✓: it arrives the same.
- loss: it is left out or approximated. The fields are named in the response header
  `x-potluck-dropped` and in the request log.
- 400: the request is refused with a sentence that says why, since leaving it out would change
  what is asked.

Where the outcome depends on who speaks, the cell says so. The models asked are `gpt-5`,
`claude-sonnet-4-5` and `gemini-3-pro-preview`; others may take more or less. Files are sent as
data here. By an http(s) URL: for Gemini the gateway fetches it first, the others fetch pictures
themselves, and a PDF is refused (400) where the upstream speaks Chat. By the id of a file that its
service keeps, or in a part that only its dialect knows: refused (400), and in the model's own turns
a loss. The same dialect on both sides passes bytes untouched, so it is not in the table.

"""


_NOTES = """
On citations: those of Gemini arrive with their places in the text; the rest of its
`groundingMetadata`, such as its search suggestions, is what is lost.

On signatures: a model's proofs of its reasoning are sent back by the client, each where its
dialect has a place. Proofs of thoughts (Anthropic, Responses) have none at Chat and Gemini
clients; without them the model is not shown its earlier thoughts. Gemini's proofs of calls come
back from every client. Its proof of a last text does not where the upstream speaks Chat, nor from
an Anthropic client that streams, and Gemini does without it.
"""


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    for name, language in READMES.items():
        path = ROOT / name
        path.write_text(filled(path.read_text(encoding="utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    write()
