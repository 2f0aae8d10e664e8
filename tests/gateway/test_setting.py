from __future__ import annotations

import pytest

from gateway.config import BY_NAME
from gateway.setting import ConfigError


def test_the_sentence_names_the_variable_the_source_and_the_value() -> None:
    with pytest.raises(ConfigError) as caught:
        BY_NAME["PORT"].parse("abc", "PORT", "(environment)")
    assert str(caught.value) == (
        "PORT (environment) must be a whole number from 0 to 65535, not 'abc'."
    )


def test_a_secret_is_not_in_the_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        BY_NAME["PANEL_PASSWORD"].parse("hunter2", "PASSWORD", "(environment)")
    assert "hunter2" not in str(caught.value)


def test_a_password_within_a_url_is_not_in_the_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        BY_NAME["GEMINI_BASE_URL"].parse("https://u:hunter2@h", "PROXY_URL", "(environment)")
    assert "hunter2" not in str(caught.value)
