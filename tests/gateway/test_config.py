from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gateway.config import SETTINGS, Config, Source, load
from gateway.setting import ConfigError, Setting

EVERY = [pytest.param(each, id=each.name) for each in SETTINGS]


def test_without_anything_every_value_is_the_default() -> None:
    assert load({}, {}, {}) == Config()
    assert load({}, {}, {}).source("PORT") is Source.DEFAULT


@pytest.mark.parametrize(
    ("environ", "stored", "toml", "value", "source"),
    [
        pytest.param("1", 2, 3, 1.0, Source.ENVIRONMENT, id="environment"),
        pytest.param(None, 2, 3, 2.0, Source.STORED, id="stored"),
        pytest.param(None, None, 3, 3.0, Source.FILE, id="file"),
        pytest.param("", None, 3, 3.0, Source.FILE, id="empty means not set"),
        pytest.param(None, None, None, 15.0, Source.DEFAULT, id="default"),
    ],
)
def test_the_strongest_source_wins(
    environ: str | None, stored: int | None, toml: int | None, value: float, source: Source
) -> None:
    config = load(
        {} if environ is None else {"KEEPALIVE_INTERVAL": environ},
        {} if stored is None else {"KEEPALIVE_INTERVAL": stored},
        {} if toml is None else {"keepalive_interval": toml},
    )
    assert (config.keepalive_interval, config.source("KEEPALIVE_INTERVAL")) == (value, source)


@pytest.mark.parametrize(
    ("alias", "raw", "name"),
    [
        ("POSTGRES_DSN", "postgres://h/d", "database_url"),
        ("PROXY_URL", "https://h.example", "gemini_base_url"),
        ("PASSWORD", "long enough", "panel_password"),
    ],
)
def test_an_alias_is_read_too(alias: str, raw: str, name: str) -> None:
    assert getattr(load({alias: raw}, {}, {}), name) == raw
    assert getattr(load({}, {}, {alias.lower(): raw}), name) == raw


def test_the_name_comes_before_its_alias() -> None:
    environ = {"PROXY_URL": "https://alias.example", "GEMINI_BASE_URL": "https://name.example"}
    assert load(environ, {}, {}).gemini_base_url == "https://name.example"


def test_an_error_names_the_alias_that_was_used() -> None:
    with pytest.raises(ConfigError, match=r"^PASSWORD \(environment\) must be"):
        load({"PASSWORD": "short"}, {}, {})


def test_a_secret_or_a_place_is_not_taken_from_the_database() -> None:
    config = load({}, {"PANEL_PASSWORD": "from the database", "PORT": 1}, {})
    assert (config.panel_password, config.port) == ("", 7861)


def test_an_unknown_name_in_the_file_is_an_error_with_a_hint() -> None:
    with pytest.raises(ConfigError, match=r"unknown key 'prot'. Did you mean 'port'\?"):
        load({}, {}, {"prot": 1})


def test_providers_come_from_the_file() -> None:
    entry = {"name": "here", "base_url": "http://127.0.0.1:1/v1"}
    assert [each.name for each in load({}, {}, {"providers": [entry]}).providers] == ["here"]


def test_secrets_are_not_in_its_repr() -> None:
    environ = {"PANEL_PASSWORD": "hunter2hunter2", "GEMINI_API_KEYS": "AIzaSecret"}
    shown = repr(load(environ, {}, {}))
    assert "hunter2" not in shown
    assert "AIzaSecret" not in shown


def test_it_cannot_be_changed() -> None:
    config = load({}, {}, {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("setting", EVERY)
def test_every_default_is_a_value_of_its_kind(setting: Setting) -> None:
    if setting.default in ("", None):
        return
    raw = setting.default
    assert setting.kind.parse(str(raw) if isinstance(raw, Path) else raw) == raw


@pytest.mark.parametrize("setting", EVERY)
def test_every_setting_is_explained_in_both_languages(setting: Setting) -> None:
    assert setting.en.endswith(".")
    assert setting.zh.endswith("。")


@pytest.mark.parametrize("setting", EVERY)
def test_no_secret_may_be_stored(setting: Setting) -> None:
    assert not (setting.is_secret and setting.storable)
