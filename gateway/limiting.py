"""The limits as the configuration wants them: this process's own, or shared through Redis."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from datetime import UTC, datetime

from gateway.config import Config, Source
from gateway.live import Made
from gateway.setting import ConfigError
from keys import services
from keys.limits import Addresses, Limits, Local, Rule
from keys.limits.sharing import Sharing

log = logging.getLogger("potluck.limits")


def limits(made: Made, reader: Executor) -> Limits:
    """Raises ConfigError when Redis is wanted and its library is not there."""
    config = made.live.config
    local = Local(
        calls=Addresses(made(calls)),
        pages=Addresses(made(pages)),
        sharing=Sharing(most=config.sharing_addresses),
        suspect=lambda key_id, since: _suspect(reader, key_id, since, config.sharing_addresses),
        patience=made(lambda config: config.queue_seconds),
    )
    if not config.redis_url:
        return local
    try:
        from keys.limits.scripts import PREFIX
        from keys.limits.shared import SCRIPTS, Shared
        from keys.limits.wire import Wire, connect
    except ModuleNotFoundError as error:
        raise ConfigError(
            "REDIS_URL needs the extra `redis`: pip install 'potluck[redis]'."
        ) from error
    redis = connect(config.redis_url, config.redis_database)
    return Shared(Wire(redis, SCRIPTS, prefix=PREFIX), local)


def pages(config: Config) -> Rule:
    """What one address may do on the public pages."""
    return Rule(
        per_minute=config.max_requests_per_minute,
        per_day=config.max_requests_per_day_per_ip,
        spared=config.whitelist_ips,
    )


def calls(config: Config) -> Rule:
    """The same for calls with a key: nothing, unless the operator set it."""
    told = config.source("MAX_REQUESTS_PER_MINUTE") is not Source.DEFAULT
    return Rule(
        per_minute=config.max_requests_per_minute if told else None,
        per_day=config.max_requests_per_day_per_ip,
        spared=config.whitelist_ips,
    )


def _suspect(reader: Executor, key_id: int, since: datetime, most: int) -> None:
    log.warning("key %s was used from more than %s addresses within an hour", key_id, most)
    reason = f"used from more than {most} addresses within an hour"
    reader.submit(_flag, key_id, reason)


def _flag(key_id: int, reason: str) -> None:
    try:
        services.flag(key_id, reason, now=datetime.now(UTC))
    except Exception:
        log.exception("key %s could not be flagged", key_id)
