"""What a file says of services."""

from __future__ import annotations

import tomllib

from credentials.importers import described
from credentials.importers.described import Service
from credentials.importers.entry import Entry, Model
from credentials.kinds import Kind
from gateway import providers

BASE = "https://x.example/v1"


def test_a_service_is_what_the_configuration_file_takes() -> None:
    models = (Model("big/model", "big"), Model('q"uote', 'q"uote'))
    service = Service("kimi", BASE, "openai-responses", models)
    (parsed,) = providers.parse(tomllib.loads(service.toml())["providers"])
    assert (parsed.name, parsed.base_url, parsed.kind) == ("kimi", BASE, "openai-responses")
    assert [(each.name, each.alias) for each in parsed.models] == [tuple(each) for each in models]


def test_each_provider_comes_once_with_the_models_of_all() -> None:
    one = Entry(
        "k1", Kind.OPENAI_COMPATIBLE, provider="a", base_url=BASE, models=(Model("x", "y"),)
    )
    two = Entry("k2", Kind.ANTHROPIC, provider="b", base_url=BASE)
    three = Entry("k3", Kind.OPENAI_COMPATIBLE, provider="a", models=(Model("v", "w"),))
    built_in = Entry("k4", Kind.GEMINI_API)
    assert described.services([one, two, three, built_in]) == (
        Service("a", BASE, "openai", (Model("x", "y"), Model("v", "w"))),
        Service("b", BASE, "anthropic"),
    )


def test_an_alias_that_the_setting_does_not_take_is_left_out() -> None:
    models = (Model("a", "a"), Model("a", "b"), Model("a b", "c"), Model("a,b", "d"))
    (note,) = described.reminders([Entry("k", Kind.GEMINI_API, models=models)], (), ())
    assert str(note).endswith("MODEL_ALIASES=b=a")
