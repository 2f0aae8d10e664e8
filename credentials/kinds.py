"""The closed sets that describe where a credential belongs."""

from __future__ import annotations

import enum


class Kind(enum.StrEnum):
    """What the secret is, and so which upstream speaks with it."""

    GEMINI_API = "gemini_api"
    VERTEX = "vertex"
    CODE_ASSIST = "code_assist"
    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    OPENAI_COMPATIBLE = "openai_compatible"
    PROVIDER_OAUTH = "provider_oauth"


class Source(enum.StrEnum):
    """Who brought it. What `env` or `config` brought goes when it is gone there."""

    MANUAL = "manual"
    ENV = "env"
    CONFIG = "config"
    IMPORT = "import"
    CONTRIBUTED = "contributed"
    """Lent by its owner, who may take it back at any time: see `lending`."""
