"""A gateway and a table of settings for pages about models, both fake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from django.test import Client

from panel import bridge
from panel.bridge import Gateway, ModelRow, Place, Resolution, Setting, Settings, Wrong

READY = Place("gemini", "gemini-2.5-pro", "gemini", True)
AWAY = Place("vertex", "gemini-2.5-pro", "gemini", False)


@dataclass
class Running:
    """Only what these pages ask. `resolve` knows what is in `answers`."""

    rows: Sequence[ModelRow] = ()
    answers: dict[str, Resolution] = field(default_factory=dict)
    late: bool = False
    settled: int = 0

    def settle(self) -> None:
        self.settled += 1

    def models(self) -> Sequence[ModelRow]:
        if self.late:
            raise TimeoutError
        return self.rows

    def resolve(self, name: str) -> Resolution:
        return self.answers.get(name, Resolution(name, code="model_not_found", reason="No."))

    def visit(self, address: str) -> None:
        """Nobody is kept out."""


@dataclass
class Table:
    """The three settings of the page. `refusal` is said of every change."""

    stored: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    def all(self) -> list[Setting]:
        variants = ("thinking", "search", "fake-stream", "anti-truncation", "image")
        return [
            self._row("PORT", ()),
            self._row("MODEL_ALIASES", ()),
            self._row("MODEL_EXCLUDE", ()),
            self._row("MODEL_VARIANTS", variants),
        ]

    def change(self, values: Mapping[str, str | None]) -> list[str]:
        if self.refusal or values.keys() & self.environment.keys():
            raise Wrong(dict.fromkeys(values, self.refusal or "It is set in the environment."))
        for name, text in values.items():
            if text is None:
                self.stored.pop(name, None)
            else:
                self.stored[name] = text
        return []

    def _row(self, name: str, choices: tuple[str, ...]) -> Setting:
        value, source = self.stored.get(name, ""), "stored" if name in self.stored else "default"
        if name in self.environment:
            value, source = self.environment[name], "environment"
        return Setting(
            name=name,
            group="answers",
            kind="list",
            choices=choices,
            value=value,
            is_set=bool(value),
            default="",
            source=source,
            hot=True,
            storable=True,
            is_secret=False,
            help_en="Help.",
            help_zh="说明。",
            expects="",
            changed_at=None,
        )


@pytest.fixture
def running() -> Iterator[Running]:
    found = Running()
    bridge.install(cast(Gateway, found))
    yield found
    bridge.install(None)


@pytest.fixture
def table(site: Client) -> Iterator[Table]:
    # Setting Django up, as `site` does, installs the real one.
    before: Any = bridge._settings
    found = Table()
    bridge.install_settings(cast(Settings, found))
    yield found
    bridge.install_settings(before)
