"""What a configuration means to the rooms: small values, made anew with each change."""

from __future__ import annotations

import logging.config
from typing import Any
from zoneinfo import ZoneInfo

from credentials.caps import Calendar
from credentials.health import Policy
from gateway import log
from gateway.config import Config, Source
from proxy.dispatch import Patience
from proxy.relay import Terms
from proxy.services import Tuning


def tuning(config: Config) -> Tuning:
    retries = config.retry_429_max_retries if config.retry_429_enabled else 0
    return Tuning(
        patience=Patience(1 + retries, config.request_deadline, config.retry_429_interval),
        keepalive=config.keepalive_interval,
        body_limit=config.max_body_bytes,
        show_thoughts=config.return_thoughts_to_frontend,
        continuations=config.anti_truncation_max_attempts,
        system=not config.compatibility_mode,
        images=config.history_image_submit_type,
        sessions=config.session_affinity_seconds > 0,
        image_reply=config.image_reply,
        public=config.host_url,
    )


def terms(config: Config) -> Terms:
    return Terms(
        config.xai_passthrough,
        config.xai_base_url,
        config.xai_response_format,
        config.max_body_bytes,
        config.user_agent,
    )


def policy(config: Config) -> Policy:
    return Policy(
        auto_ban=config.auto_ban,
        ban_codes=frozenset(config.auto_ban_error_codes),
        strikes_to_ban=config.auto_ban_strikes,
    )


def calendar(config: Config) -> Calendar:
    return Calendar(config.quota_reset_time, ZoneInfo(config.quota_reset_zone))


class Volume:
    """Sets the levels of all loggers when LOG_LEVEL is another one. Handlers stay as they are."""

    def __init__(self, config: Config) -> None:
        # Django has set what the environment says.
        stored = config.source("LOG_LEVEL") is Source.STORED
        self._level = None if stored else config.log_level
        self(config)

    def __call__(self, config: Config) -> None:
        if config.log_level is not self._level:
            self._level = config.log_level
            logging.config.dictConfig(_levels(config.log_level))


def _levels(level: str) -> dict[str, Any]:
    made = log.configuration(level, None)
    found = {name: each["level"] for name, each in made["loggers"].items() if "level" in each}
    return {
        "version": 1,
        "incremental": True,
        "loggers": {name: {"level": each} for name, each in found.items()},
        "root": {"level": made["root"]["level"]},
    }
