"""The configuration changes while it runs, and what is made of it with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast

import pytest

from gateway import live
from gateway.config import Config, Source, load
from gateway.live import Live, Made, View
from gateway.setting import ConfigError


def started(stored: Mapping[str, object] | None = None, **environ: str) -> Live:
    found = Live(lambda stored: load(environ, stored, {}))
    found.load(stored or {})
    return found


def test_what_is_hot_holds_at_once() -> None:
    now = started()
    assert now.take({"AUTO_BAN": "false"})
    assert now.config.auto_ban is False
    assert now.config.source("AUTO_BAN") is Source.STORED


def test_the_same_again_changes_nothing() -> None:
    now = started({"AUTO_BAN": "false"})
    made = Made(now)
    makings: list[bool] = []
    made(lambda config: makings.append(config.auto_ban))
    assert not now.take({"AUTO_BAN": "false"})
    assert makings == [False]


def test_what_needs_a_restart_stays_as_it_was() -> None:
    now = started({"CONNECT_TIMEOUT": 3})
    now.take({"CONNECT_TIMEOUT": 5, "AUTO_BAN": False})
    assert (now.config.connect_timeout, now.config.auto_ban) == (3.0, False)
    now.take({})
    assert now.config.source("CONNECT_TIMEOUT") is Source.STORED
    assert now.load({"CONNECT_TIMEOUT": 5}).connect_timeout == 5.0


def test_that_a_default_was_stored_is_a_change_too() -> None:
    now = started()
    assert now.take({"MAX_REQUESTS_PER_MINUTE": 30})
    assert now.config.source("MAX_REQUESTS_PER_MINUTE") is Source.STORED


def test_the_environment_stays_stronger() -> None:
    now = started(AUTO_BAN_STRIKES="7")
    assert not now.take({"AUTO_BAN_STRIKES": 2})
    assert now.config.auto_ban_strikes == 7


def test_what_cannot_be_used_leaves_the_last_good_value(caplog: pytest.LogCaptureFixture) -> None:
    now = started()
    now.take({"AUTO_BAN_STRIKES": 5})
    for strikes in ("many", "many"):
        now.take({"AUTO_BAN_STRIKES": strikes, "REQUEST_LOG_DAYS": 7, "GONE": 1})
    assert (now.config.auto_ban_strikes, now.config.request_log_days) == (5, 7)
    assert len(caplog.records) == 1 and "AUTO_BAN_STRIKES" in caplog.text
    now.take({"AUTO_BAN_STRIKES": 6})
    assert now.config.auto_ban_strikes == 6


def test_what_nobody_can_be_made_of_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    now = started()
    made = Made(now)
    days = made(lambda config: config.request_log_days)

    def picky(config: Config) -> int:
        if config.request_log_days > 10 and not config.auto_ban:
            raise ConfigError("These do not go together.")
        return 1

    made(picky)
    assert not now.take({"AUTO_BAN": "false"})
    assert (days(), now.config.auto_ban, "go together" in caplog.text) == (30, True, True)
    assert now.take({"AUTO_BAN": "false", "REQUEST_LOG_DAYS": "7"})
    assert (days(), now.config.auto_ban) == (7, False)


def test_things_are_made_once_per_change_until_their_owner_leaves() -> None:
    now = started()
    made = Made(now)
    told: list[int] = []
    days = made(lambda config: config.request_log_days)
    made.then(lambda config: told.append(config.request_log_days))
    now.take({"REQUEST_LOG_DAYS": 7})
    first = days()
    made.close()
    now.take({"REQUEST_LOG_DAYS": 8})
    assert (first, days(), told) == (7, 7, [7])


def test_who_looks_reads_after_whoever_looked_before() -> None:
    now = started()
    assert now.look(lambda: {"AUTO_BAN": "false"})
    assert not now.look(lambda: {"AUTO_BAN": "false"})


def test_a_view_reads_what_holds() -> None:
    now = started()
    seen = live.view(now)
    now.take({"HOST_URL": "https://fan.example"})
    assert seen.host_url == "https://fan.example"
    assert seen.source("HOST_URL") is Source.STORED
    assert not hasattr(seen, "no_such")
    assert isinstance(cast(object, seen), Config) and type(cast(object, seen)) is View


def test_a_view_can_be_replaced_by_a_configuration() -> None:
    found = dataclasses.replace(live.view(started()), request_log_days=3)
    assert type(found) is Config and found.request_log_days == 3


def test_secrets_are_not_in_its_repr() -> None:
    assert "hunter2" not in repr(live.view(started(PANEL_PASSWORD="hunter2hunter2")))
