"""`config.yaml` of CLIProxyAPI."""

from __future__ import annotations

import pytest

from credentials.importers import cliproxy
from credentials.importers.entry import BadFile, Entry, Model, Piece, Remark
from credentials.kinds import Kind
from tests.credentials.importers import FIXTURES

HOST = "https://upstream.example"


def read(text: str) -> list[Piece]:
    pieces = cliproxy.read("config.yaml", text)
    assert pieces is not None
    return pieces


def fixture() -> list[Piece]:
    return read((FIXTURES / "cliproxy.yaml").read_text(encoding="utf-8"))


def test_each_section_has_its_place() -> None:
    entries = [each for each in fixture() if isinstance(each, Entry)]
    assert [(each.secret, each.kind, each.provider, each.base_url) for each in entries] == [
        ("planted-gemini-1", Kind.GEMINI_API, "", HOST),
        ("planted-gemini-2", Kind.GEMINI_API, "", HOST),
        ("planted-vertex", Kind.VERTEX, "", HOST),
        ("planted-claude", Kind.ANTHROPIC, "", f"{HOST}/anthropic"),
        ("planted-official", Kind.OPENAI, "", ""),
        ("planted-codex", Kind.OPENAI_COMPATIBLE, "upstream", f"{HOST}/openai/v1"),
        ("planted-router-1", Kind.OPENAI_COMPATIBLE, "openrouter", f"{HOST}/openai/v1"),
        ("planted-router-2", Kind.OPENAI_COMPATIBLE, "openrouter", f"{HOST}/openai/v1"),
        ("planted-old", Kind.OPENAI_COMPATIBLE, "old", "https://old.example/v1"),
    ]


def test_what_belongs_to_a_key_comes_along() -> None:
    entries = {each.secret: each for each in fixture() if isinstance(each, Entry)}
    assert entries["planted-gemini-1"].weight == 5
    assert entries["planted-gemini-1"].models == (Model("gemini-2.5-flash", "flash"),)
    assert entries["planted-gemini-2"].proxy == "direct"
    assert entries["planted-router-1"].proxy == "direct"
    assert entries["planted-router-1"].models == (Model("moonshotai/kimi-k2:free", "kimi-k2"),)
    assert entries["planted-codex"].speaks == "openai-responses"
    assert entries["planted-codex"].models == (Model("claude-opus-4-5", "opus"),)
    off = [secret for secret, entry in entries.items() if not entry.enabled]
    assert off == ["planted-router-2", "planted-old"]


def test_what_cannot_come_along_is_told() -> None:
    assert [str(each) for each in fixture() if isinstance(each, Remark)] == [
        "gemini-api-key, entry 3: It has no api-key, or one that is no text.",
        "gemini-api-key, entry 4: Its base URL is no http:// or https:// address without user "
        "and query.",
        "Left out on purpose, as it passes for another vendor's client: cloak, "
        "fingerprint-profile.",
        "Left out, as there is nothing like it here: excluded-models, headers.",
        "Sections that were not imported: api-keys.",
    ]


def test_the_common_proxy_goes_with_each_key() -> None:
    text = (
        "proxy-url: http://p.example:1\ngemini-api-key:\n"
        "- api-key: k1\n- {api-key: k2, proxy-url: direct}"
    )
    proxies = [each.proxy for each in read(text) if isinstance(each, Entry)]
    assert proxies == ["http://p.example:1", "direct"]


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("openai-compatibility: [{name: x, api-keys: [k]}]", "entry 1: It has no base-url"),
        ("openai-compatibility: [7]", "entry 1: It is no object"),
        ("openai-compatibility: [{base-url: 'https://x.example', api-keys: [7]}]", "is no text"),
        ("gemini-api-key: [[]]", "entry 1: It is no object"),
        ("gemini-api-key: [{api-key: 7}]", "one that is no text"),
        ("gemini-api-key: {}", "hold no API key"),
        ("gemini-api-key: [{api-key: k, proxy-url: 'planted://'}]", "A proxy is"),
        ("gemini-api-key: [k]\nproxy-url: planted", "A proxy is"),
        ("gemini-api-key: [{api-key: k, planted: 1}]", "1 fields not known"),
        ("gemini-api-key: [k]\ninteractions-api-key: [k]", "not imported: interactions-api-key"),
    ],
)
def test_odd_sections(section: str, says: str) -> None:
    told = [str(each) for each in read(section) if isinstance(each, Remark)]
    assert any(says in each for each in told), told
    assert "planted" not in f"{told}"


@pytest.mark.parametrize("name", ["OpenAI", "gemini", "密钥", "api"])
def test_a_provider_does_not_take_the_name_of_a_pool(name: str) -> None:
    text = f"openai-compatibility: [{{name: {name}, base-url: 'https://x.y', api-keys: [k]}}]"
    (entry,) = read(text)
    assert isinstance(entry, Entry)
    assert entry.provider in {"openai-compatible", "gemini-compatible", "x", "api-compatible"}


def test_openai_itself_is_no_provider_of_its_own() -> None:
    text = "openai-compatibility: [{base-url: 'https://api.openai.com/v1/', api-keys: [k]}]"
    assert read(text) == [Entry("k", Kind.OPENAI)]


def test_grok_speaks_responses() -> None:
    (entry,) = read("xai-api-key: [{api-key: k}]")
    assert isinstance(entry, Entry)
    assert (entry.provider, entry.base_url) == ("grok", "https://api.x.ai/v1")
    assert entry.speaks == "openai-responses"


@pytest.mark.parametrize("text", ["", "- a\n- b", "api-keys: [planted-client]", "7"])
def test_other_yaml_is_refused(text: str) -> None:
    with pytest.raises(BadFile, match="CLIProxyAPI"):
        read(text)


def test_other_files_are_left_to_others() -> None:
    assert cliproxy.read("keys.txt", "gemini-api-key: [k]") is None
