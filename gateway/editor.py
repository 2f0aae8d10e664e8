"""Settings as the administrator sees and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credentials.lending import listing
from gateway import live, spelling, stored
from gateway.config import BY_NAME, SETTINGS, Config, Source
from gateway.live import Live
from gateway.setting import ConfigError, Setting
from panel import bridge
from panel.bridge import Wrong


class Editor:
    """`panel.bridge.Settings`. `config` None: that of this process, whenever it is asked for."""

    def __init__(self, config: Live | None = None) -> None:
        self._live = config

    def all(self) -> list[bridge.Setting]:
        rows, dates, now = stored.rows(), stored.dates(), self._now
        sound = {name: value for name, value in rows.items() if live.unfit(name, value) is None}
        config = now.imagine(sound)
        return [_shown(each, config, now.config, dates.get(each.name)) for each in SETTINGS]

    def change(self, values: Mapping[str, str | None]) -> list[str]:
        """As `panel.bridge.Settings` says."""
        now = self._now
        with transaction.atomic():
            rows = stored.rows()
            before = now.imagine(_sound(rows, values))
            read = self._read(values, before)
            after = _joined(_sound(rows, values), read)
            config = _startable(now, after, values)
            stored.write(read)
            transaction.on_commit(lambda: now.look(stored.rows), robust=True)
        return [name for name in values if _waits(BY_NAME[name], config, now.config)]

    @property
    def _now(self) -> Live:
        return self._live or live.here()

    def _read(self, values: Mapping[str, str | None], config: Config) -> dict[str, str | None]:
        """The texts that will be stored. Raises Wrong."""
        errors: dict[str, str] = {}
        read: dict[str, str | None] = {}
        for name, text in values.items():
            try:
                read[name] = _taken(name, text, config)
            except ConfigError as error:
                errors[name] = str(error)
        if errors:
            raise Wrong(errors)
        return read


def _taken(name: str, text: str | None, config: Config) -> str | None:
    """Raises ConfigError with a sentence for people."""
    setting = BY_NAME.get(name)
    if setting is None:
        raise ConfigError(_("There is no setting of this name."))
    if not setting.storable:
        raise ConfigError(
            _("%(name)s can be set in the environment or the configuration file only.")
            % {"name": name}
        )
    if config.source(name) is Source.ENVIRONMENT:
        raise ConfigError(
            _("%(name)s is set in the environment, which is stronger: change it there.")
            % {"name": name}
        )
    if text is None:
        return None
    if name in _HOSTS and listing.lent(_HOSTS[name]):
        raise ConfigError(
            _(
                "People lend what is theirs for this provider, and were told that nobody else is "
                "shown it. As long as they do, %(name)s can be set in the environment or the "
                "configuration file only."
            )
            % {"name": name}
        )
    return _fitting(setting, text)


_HOSTS = {
    "GEMINI_BASE_URL": "gemini",
    "OPENAI_BASE_URL": "openai",
    "ANTHROPIC_BASE_URL": "anthropic",
    "VERTEX_BASE_URL": "vertex",
    "CODE_ASSIST_ENDPOINT": "code-assist",
}
"""Settings that say where the secrets of a provider are sent."""


def _fitting(setting: Setting, text: object) -> str | None:
    expected = spelling.expects(setting.kind) or _("One line of text.")
    wrong = ConfigError(
        _("%(name)s does not take this value.") % {"name": setting.name} + f" {expected}"
    )
    # An API may be sent anything.
    if not isinstance(text, str) or len(text) > spelling.LONGEST:
        raise wrong
    text = text.strip()
    try:
        setting.parse(text, setting.name, "(stored setting)")
    except ConfigError:
        if not text and not setting.default:
            return None
        raise wrong from None
    return text


def _sound(rows: Mapping[str, object], values: Mapping[str, str | None]) -> dict[str, object]:
    """What is stored and not about to be changed, as far as it can be used: a value that an older
    version has left must not lock the administrator out."""
    return {
        name: value
        for name, value in rows.items()
        if name not in values and live.unfit(name, value) is None
    }


def _joined(rows: Mapping[str, object], read: Mapping[str, str | None]) -> dict[str, object]:
    kept = {name: value for name, value in read.items() if value is not None}
    return {**rows, **kept}


def _startable(now: Live, after: Mapping[str, object], values: Mapping[str, str | None]) -> Config:
    """The configuration of the next start. Raises Wrong when there would be none."""
    # Commands, which set Django up as well, can do without all that fetches media.
    from gateway import pictures

    try:
        config = now.imagine(after)
        pictures.gallery(config, settings.POTLUCK_VAULT_KEYS, lambda: datetime.now(UTC))
    except ConfigError as error:
        sentence = str(error)
        blamed = [name for name in values if name in sentence] or list(values)
        raise Wrong(dict.fromkeys(blamed, sentence)) from None
    return config


def _shown(each: Setting, config: Config, now: Config, at: datetime | None) -> bridge.Setting:
    value = _value(each, config)
    return bridge.Setting(
        name=each.name,
        group=_GROUPS[each.name],
        kind=spelling.word(each.kind, is_secret=each.is_secret),
        choices=spelling.choices(each.kind),
        value="" if each.is_secret else spelling.typed(value),
        is_set=bool(value),
        default="" if each.is_secret else spelling.typed(each.default),
        source=config.source(each.name).value,
        hot=each.hot,
        storable=each.storable,
        is_secret=each.is_secret,
        help_en=each.en,
        help_zh=each.zh,
        expects=spelling.expects(each.kind),
        changed_at=at if each.storable else None,
        waits=_waits(each, config, now),
    )


def _waits(each: Setting, config: Config, now: Config) -> bool:
    """Whether this process goes by another value than the next one will."""
    return not each.hot and _value(each, config) != _value(each, now)


def _value(each: Setting, config: Config) -> Any:
    return getattr(config, each.name.lower())


def _groups() -> dict[str, str]:
    """Setting → the module of the table that has it."""
    found: dict[str, str] = {}
    for base in Config.__mro__:
        module = base.__module__
        if module.startswith("gateway.table."):
            word = module.rpartition(".")[2]
            found |= {name.upper(): word for name in base.__annotations__}
    return found


_GROUPS = _groups()
