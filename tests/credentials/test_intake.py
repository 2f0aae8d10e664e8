"""Files become credentials."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.utils import translation

from credentials import intake, usage
from credentials.importers.entry import Model, remark
from credentials.intake import FileResult, Terms
from credentials.issuers import Issuer, Issuers
from credentials.kinds import Source
from credentials.models import Credential, Revision
from tests.credentials.fakes import VAULT, pem
from tests.credentials.importers import FIXTURES

pytestmark = pytest.mark.django_db

PERSON = {"refresh_token": "planted-r", "client_id": "c"}


def take(*files: tuple[str, bytes | str], **terms: Any) -> list[FileResult]:
    raw = [(name, data.encode() if isinstance(data, str) else data) for name, data in files]
    return intake.take(VAULT, Issuers(), raw, **terms)


def packed(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def stored() -> list[tuple[str, str]]:
    rows = Credential.objects.filter(deleted_at=None).order_by("pk")
    return [(row.provider, VAULT.open(row.sealed.encode())) for row in rows]


def test_it_says_what_it_did_with_each_file() -> None:
    first, second = take(("a.txt", "planted-0001\nplanted-0002"), ("b.txt", "planted-0002"))
    assert (first.added, first.known, first.error) == (2, 0, "")
    assert (second.added, second.known, second.ids) == (0, 1, ())
    assert list(first.ids) == list(Credential.objects.order_by("pk").values_list("pk", flat=True))
    assert {row.source for row in Credential.objects.all()} == {Source.IMPORT}


def test_the_same_files_may_be_brought_again() -> None:
    files = [("config.yaml", (FIXTURES / "cliproxy.yaml").read_bytes())]
    files += [("new-api.json", (FIXTURES / "new-api.json").read_bytes())]
    added = [result.added for result in take(*files)]
    before = Credential.objects.count()
    again = take(*files)
    assert [(result.added, result.known) for result in again] == [(0, each) for each in added]
    assert Credential.objects.count() == before == sum(added)


def test_a_bad_entry_stops_neither_its_file_nor_the_others() -> None:
    bad, good = take(
        ("a.json", '["planted-0001", "with blank", "planted-0002"]'), ("b", "p-000002")
    )
    assert (bad.added, good.added) == (2, 1)
    assert bad.notes == (
        "Credential 2: A key has 1 to 4096 printable ASCII characters and no spaces.",
    )


def test_a_file_of_nothing_good_is_an_error() -> None:
    (result,) = take(("a.json", '["with blank", "and another"]'))
    assert result.error.startswith("Credential 1: A key has")
    assert len(result.notes) == 1
    assert not stored()


def test_files_come_one_by_one_each_stored_before_it_is_told() -> None:
    files = [("a", b"planted-0001"), ("b", b"planted-0002")]
    for number, result in enumerate(intake.results(VAULT, Issuers(), files, Terms()), 1):
        assert result.added == 1
        assert len(stored()) == number


def test_a_zip_gives_a_result_for_each_file_in_it() -> None:
    inner = packed(a_txt="planted-0001")
    outer = io.BytesIO(packed(a_txt="planted-0001", b_json='{"color": "blue"}'))
    with zipfile.ZipFile(outer, "a") as archive:
        archive.writestr("inner.zip", inner)
    results = take(("all.zip", outer.getvalue()))
    assert [(each.name, each.added, bool(each.error)) for each in results] == [
        ("all.zip/a.txt", 1, False),
        ("all.zip/b.json", 0, True),
        ("all.zip/inner.zip", 0, True),
    ]
    assert results[2].error == "An archive is not opened here: unpack it, and bring what is in it."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04planted", "damaged"),
        (b"PK\x05\x06" + bytes(18), "empty"),
        (b"\x1f\x8bplanted", "not opened here"),
        (b"\xffplanted", "no UTF-8"),
        (b"", "no API key"),
    ],
)
def test_what_cannot_be_read_is_an_error(data: bytes, says: str) -> None:
    (result,) = take(("planted.zip", data))
    assert says in result.error
    assert result.name == "planted.zip"


def test_everything_goes_where_it_belongs() -> None:
    robot = {"type": "service_account", "client_email": "r@p", "private_key": pem()}
    take(
        ("config.yaml", (FIXTURES / "cliproxy.yaml").read_bytes()),
        ("accounts.json", json.dumps([robot, PERSON])),
        ("keys.txt", "planted-plain"),
    )
    rows = Credential.objects.order_by("pk").values_list("provider", "kind")
    assert list(dict.fromkeys(rows)) == [
        ("gemini", "gemini_api"),
        ("vertex", "vertex"),
        ("anthropic", "anthropic"),
        ("openai", "openai"),
        ("upstream", "openai_compatible"),
        ("openrouter", "openai_compatible"),
        ("old", "openai_compatible"),
        ("code-assist", "code_assist"),
    ]


def test_what_belongs_to_a_credential_is_stored_with_it() -> None:
    take(("config.yaml", (FIXTURES / "cliproxy.yaml").read_bytes()))
    rows = {VAULT.open(row.sealed.encode()): row for row in Credential.objects.all()}
    assert rows["planted-gemini-1"].weight == 5
    assert rows["planted-gemini-1"].base_url == "https://upstream.example"
    assert usage.proxy(VAULT, rows["planted-gemini-2"]) == "direct"
    assert rows["planted-old"].label == "old"
    off = [secret for secret, row in rows.items() if not row.enabled]
    assert sorted(off) == ["planted-old", "planted-router-2"]
    assert {row.revision for row in rows.values()} <= set(range(Revision.current() + 1))


def test_it_says_what_is_still_to_be_set() -> None:
    files = ("config.yaml", (FIXTURES / "cliproxy.yaml").read_bytes())
    (result,) = take(files, configured=["old", "upstream"])
    reminders = result.notes[-2:]
    assert reminders == (
        "`openrouter` is not configured: its keys serve once the configuration file has "
        "[[providers]] of that name.",
        "Other names of models are a setting: "
        "MODEL_ALIASES=flash=gemini-2.5-flash,opus=claude-opus-4-5",
    )
    assert [each.name for each in result.services] == ["upstream", "openrouter", "old"]
    assert result.services[1].models == (Model("moonshotai/kimi-k2:free", "kimi-k2"),)


def test_the_word_of_a_person_counts_more_than_a_file_s() -> None:
    key = '{"api_key": "planted-0001", "provider": "one", "base_url": "https://one.example"}'
    (result,) = take(("a.json", key), provider=" Two ", base_url="https://two.example/")
    row = Credential.objects.get()
    assert (row.provider, row.base_url) == ("two", "https://two.example")
    assert [(each.name, each.base_url) for each in result.services] == [
        ("two", "https://two.example/")
    ]


@pytest.mark.parametrize(
    ("file", "provider"),
    [
        (".env:GEMINI_API_KEYS=planted-0001", "groq"),
        (".env:ANTHROPIC_API_KEYS=planted-0001", "openai"),
        (f"a.json:{json.dumps(PERSON)}", "gemini"),
        ("keys:planted-0001", "code-assist"),
        ('a.json:{"api_key": "planted-0001", "provider": "code-assist"}', ""),
        ("keys:planted-0001", "../x"),
    ],
)
def test_what_cannot_be_used_as_that_provider_stays_out(file: str, provider: str) -> None:
    name, _, text = file.partition(":")
    (result,) = take((name, text), provider=provider)
    assert result.error
    assert "planted" not in str(result)
    assert not stored()


@pytest.mark.parametrize("provider", ["openai", "anthropic", "vertex", "groq"])
def test_a_plain_key_is_of_the_provider_that_is_named(provider: str) -> None:
    take(("keys", "planted-0001"), provider=provider)
    kinds = {"groq": "openai_compatible"}
    assert Credential.objects.get().kind == kinds.get(provider, provider)


def test_an_issuer_admits_accounts() -> None:
    foreign = {**PERSON, "token_uri": "https://evil.example/token"}
    raw = [("a.json", json.dumps([foreign, {"refresh_token": "planted-s"}]).encode())]
    (result,) = intake.take(VAULT, Issuers(), raw)
    assert "token_uri is of a host" in result.error
    assert "GOOGLE_OAUTH_CLIENT_ID" in result.notes[0]
    acme = Issuers(providers={"acme": Issuer(token_url="https://acme.example/t", client_id="id")})
    raw = [("a.json", json.dumps({"refresh_token": "planted-r"}).encode())]
    (result,) = intake.take(VAULT, acme, raw, provider="acme")
    assert result.added == 1
    assert Credential.objects.get().kind == "provider_oauth"


def test_a_file_does_not_say_where_an_account_s_tokens_go() -> None:
    ours = {"version": 1, "kind": "code_assist", "provider": "code-assist"}
    ours["base_url"] = "https://evil.example"
    (result,) = take(("a.json", json.dumps({**PERSON, "potluck": ours})))
    assert Credential.objects.get().base_url == ""
    assert result.notes == ("A base URL is not taken over with an account: set it by hand.",)


def test_a_key_that_is_also_its_name_is_not_shown() -> None:
    take(("a.json", '{"api_key": "planted-0001", "name": "my planted-0001"}'))
    assert "planted" not in Credential.objects.get().label


def test_names_that_no_database_takes_are_mended() -> None:
    account = {**PERSON, "email": "a\x00b@c"}
    (result,) = take(("a\x00\n.json", json.dumps(account)))
    assert (result.name, result.error) == ("a.json", "")
    assert Credential.objects.get().label == "ab@c"


def test_many_come_in_several_transactions() -> None:
    (result,) = take(("keys", "\n".join(f"planted-{number:04}" for number in range(250))))
    assert (result.added, len(result.ids)) == (250, 250)


def test_sentences_are_said_in_the_language_of_the_reader() -> None:
    with translation.override("zh-hans"):
        assert intake.said(remark("Entry %(n)d: %(why)s", n=1, why=remark("no"))) == "Entry 1: no"
