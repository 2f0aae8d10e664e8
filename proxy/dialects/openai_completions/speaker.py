"""OpenAI's legacy text completions as the door knows them."""

from __future__ import annotations

from collections.abc import Mapping

from proxy.dialects import heads
from proxy.dialects.openai_completions import CODEC, MODELS
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Speaker

_PATH = "/v1/completions"
_GENERATE = Operation(Action.GENERATE, Dialect.OPENAI_COMPLETIONS)


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    return _GENERATE if path == _PATH else None


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=heads.read,
    with_model=heads.readdressed,
    models=MODELS,
    owns=lambda path, hints: path.startswith(_PATH),
)
