from __future__ import annotations

import pytest

from gateway import stored
from gateway.config import Source
from gateway.setting import ConfigError

pytestmark = pytest.mark.django_db


def test_a_stored_setting_is_part_of_the_configuration() -> None:
    stored.save("AUTO_BAN_ERROR_CODES", [401])
    assert stored.current().auto_ban_error_codes == (401,)
    assert stored.current().source("AUTO_BAN_ERROR_CODES") is Source.STORED


def test_the_environment_is_stronger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_LOG_DAYS", "7")
    stored.save("REQUEST_LOG_DAYS", 90)
    assert stored.current().request_log_days == 7


def test_forgotten_it_is_the_default_again() -> None:
    stored.save("AUTO_BAN", False)
    stored.save("AUTO_BAN", False)
    stored.forget("AUTO_BAN")
    assert stored.current().auto_ban is True


@pytest.mark.parametrize(
    ("name", "value"), [("NO_SUCH", 1), ("PANEL_PASSWORD", "long enough"), ("REQUEST_LOG_DAYS", 0)]
)
def test_what_cannot_be_used_is_not_stored(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=name):
        stored.save(name, value)
