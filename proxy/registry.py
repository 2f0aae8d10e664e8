"""The dialects that the gateway serves: one line each. The first that claims a path has it."""

from __future__ import annotations

from collections.abc import Mapping

from proxy.dialects.anthropic.speaker import SPEAKER as ANTHROPIC
from proxy.dialects.code_assist.speaker import SPEAKER as CODE_ASSIST
from proxy.dialects.gemini.speaker import SPEAKER as GEMINI
from proxy.dialects.openai_chat.speaker import SPEAKER as OPENAI_CHAT
from proxy.dialects.openai_completions.speaker import SPEAKER as OPENAI_COMPLETIONS
from proxy.dialects.openai_images.speaker import SPEAKER as OPENAI_IMAGES
from proxy.dialects.openai_responses.speaker import SPEAKER as OPENAI_RESPONSES
from proxy.ir import Dialect
from proxy.operation import Speaker

SPEAKERS: tuple[Speaker, ...] = (
    CODE_ASSIST,
    GEMINI,
    ANTHROPIC,
    OPENAI_RESPONSES,
    OPENAI_COMPLETIONS,
    OPENAI_IMAGES,
    OPENAI_CHAT,
)

BY_DIALECT: Mapping[Dialect, Speaker] = {speaker.codec.name: speaker for speaker in SPEAKERS}
