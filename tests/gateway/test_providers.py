from __future__ import annotations

from typing import Any

import pytest

from gateway.providers import RESERVED, ModelConfig, ProviderConfig, parse
from gateway.setting import ConfigError

ENTRY: dict[str, Any] = {"name": "deep", "base_url": "https://api.example/v1/"}


def test_it_reads_a_whole_provider() -> None:
    models = [{"name": "big-2026", "alias": "big"}, {"name": "small"}]
    raw = [ENTRY | {"api_keys": ["k1", "k2", "k1"], "models": models}]
    assert parse(raw) == (
        ProviderConfig(
            "deep",
            "https://api.example/v1",
            ("k1", "k2"),
            (ModelConfig("big-2026", "big"), ModelConfig("small", "small")),
        ),
    )


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param({}, "providers must be a list of tables", id="no list"),
        pytest.param(["x"], "providers must be a list of tables", id="no table"),
        pytest.param([{}], r"providers\[0\].name must be", id="no name"),
        pytest.param([ENTRY | {"name": "A b"}], r"providers\[0\].name must be", id="bad name"),
        pytest.param([ENTRY, ENTRY], "'deep' is there twice", id="twice"),
        pytest.param([ENTRY | {"apikeys": []}], "Did you mean 'api_keys'", id="unknown key"),
        pytest.param([{"name": "deep"}], r"\(deep\).base_url must be", id="no url"),
        pytest.param([ENTRY | {"api_keys": "k"}], "must be a list of texts", id="keys as text"),
        pytest.param([ENTRY | {"api_keys": ["a b"]}], "each must be", id="bad key"),
        pytest.param([ENTRY | {"models": [{"alias": "a"}]}], "needs a name", id="no model name"),
        pytest.param([ENTRY | {"models": [{"name": "m", "x": 1}]}], "unknown key 'x'", id="model"),
        pytest.param(
            [ENTRY | {"models": [{"name": "m"}, {"name": "n", "alias": "m"}]}],
            "has 'm' twice",
            id="alias twice",
        ),
    ],
)
def test_it_says_what_is_wrong(raw: object, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        parse(raw)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_word_with_another_meaning_is_no_name(name: str) -> None:
    with pytest.raises(ConfigError, match="must not be"):
        parse([ENTRY | {"name": name}])


def test_keys_are_neither_in_a_repr_nor_in_an_error() -> None:
    assert "sk-planted" not in repr(parse([ENTRY | {"api_keys": ["sk-planted"]}]))
    with pytest.raises(ConfigError) as caught:
        parse([ENTRY | {"api_keys": ["sk-planted", 1]}])
    assert "sk-planted" not in str(caught.value)
