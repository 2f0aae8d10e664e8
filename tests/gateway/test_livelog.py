from __future__ import annotations

from django.test import override_settings

from gateway import livelog
from gateway.config import Config, load
from tests.keys.limits.stage import URL


def test_without_redis_each_process_shows_its_own_log() -> None:
    assert livelog.exchange(Config()) is None


async def test_with_redis_they_show_those_of_all() -> None:
    found = livelog.exchange(load({"REDIS_URL": URL}, {}, {}))
    assert found is not None
    await found.close()


def test_installations_that_share_a_redis_do_not_see_each_other() -> None:
    channels = []
    for pepper in (b"p" * 32, b"q" * 32, b"p" * 32):
        with override_settings(POTLUCK_PEPPER=pepper):
            channels.append(livelog.channel())
    assert channels[0] == channels[2] != channels[1]
    assert "ppp" not in channels[0]
