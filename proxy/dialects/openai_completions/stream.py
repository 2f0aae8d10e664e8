"""The stream of an answer, read; and what the books need of one that passes."""

from __future__ import annotations

from proxy.dialects.openai_chat.listener import ChatListener
from proxy.dialects.openai_chat.stream import Parser
from proxy.dialects.openai_completions import answer


class CompletionsListener(ChatListener):
    """`Listener`: ids, finish reasons, usage and failures are where Chat has them."""


def parser() -> Parser:
    """For the completions API and its relatives, which frame an answer as Chat does."""
    return Parser(answer.Answer(), answer.whole)
