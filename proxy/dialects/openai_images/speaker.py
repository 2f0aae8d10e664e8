"""OpenAI's images API as the door knows it."""

from __future__ import annotations

from collections.abc import Mapping

from proxy.dialects import heads
from proxy.dialects.openai_images import CODEC, MODELS, form
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Speaker

_ROOT = "/v1/images"
_VERBS: Mapping[str, Operation] = {
    f"{_ROOT}/{verb}": Operation(Action.GENERATE, Dialect.OPENAI_IMAGES, verb=verb)
    for verb in ("generations", "edits")
}


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    return _VERBS.get(path)


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=heads.read,
    with_model=heads.readdressed,
    models=MODELS,
    owns=lambda path, hints: path.startswith(_ROOT),
    intake=form.read,
)
