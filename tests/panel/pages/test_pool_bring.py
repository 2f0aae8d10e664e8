"""How credentials come in: pasted, in files, by logging in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from credentials import issuers
from credentials.issuers import Issuers
from credentials.models import Credential
from gateway.providers import ProviderConfig
from panel import cargo, threshold
from tests.panel.pages.test_pool import PAGE
from tests.support.pool import PLANTED, FakeGateway, Note, gateway, trail

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "sheet-body"}
KEYS = [f"AIzaSy{PLANTED}-{number:02}" for number in range(3)]


def paste(inside: Client, *keys: str, headers: Any = None, **said: str) -> Any:
    body = {"provider": "gemini", "keys": "\n".join(keys), **said}
    return inside.post(f"{PAGE}/keys", body, headers=headers)


def bring(inside: Client, *files: tuple[str, bytes], headers: Any = None) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return inside.post(f"{PAGE}/upload", {"files": sent}, headers=headers)


def rows() -> list[tuple[str, str, str, str]]:
    found = Credential.objects.order_by("pk")
    return list(found.values_list("provider", "kind", "label", "source"))


def test_the_form_names_its_limit_and_every_provider(inside: Client) -> None:
    own = ProviderConfig("cheap", "https://cheap.example/v1")
    with override_settings(POTLUCK=replace(settings.POTLUCK, providers=(own,))):
        page = inside.get(f"{PAGE}/new").content.decode()
    assert '<option value="cheap">cheap</option>' in page
    assert '<option value="vertex">' in page
    assert "at most 12.0\xa0MB each" in page
    assert "Log in with" not in page


@pytest.mark.usefixtures("inside")
def test_the_limit_is_one_that_the_entry_lets_through() -> None:
    assert cargo.LARGEST < threshold.CARGO == settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert threshold.BODY == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_pasted_keys_are_stored_and_tested(
    inside: Client, gateway: FakeGateway, trail: list[Note]
) -> None:
    answer = paste(inside, *KEYS, label="Club", day_cap="50", weight="2")
    page = answer.content.decode()
    assert answer.status_code == 201
    assert "3 credentials are added" in page
    assert page.count("It works.") == 3
    assert [label for *_rest, label, _source in rows()] == ["Club 1", "Club 2", "Club 3"]
    assert set(Credential.objects.values_list("day_cap", "weight", "source")) == {(50, 2, "manual")}
    assert [note.action for note in trail][:2] == ["credential.import", "credential.edit"]
    assert PLANTED not in page + str(trail)


def test_with_scripts_each_line_asks_for_itself(inside: Client, gateway: FakeGateway) -> None:
    answer = paste(inside, KEYS[0], headers=HTMX)
    id = Credential.objects.get().pk
    page = answer.content.decode()
    assert f'hx-post="{PAGE}/{id}/test" hx-trigger="load"' in page
    assert "<html" not in page
    assert answer["HX-Trigger"] == "creds-changed"
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("provider", "kind"),
    [
        ("gemini", "gemini_api"),
        ("openai", "openai"),
        ("anthropic", "anthropic"),
        ("vertex", "vertex"),
        ("cheap", "openai_compatible"),
    ],
)
def test_keys_go_to_the_provider_that_was_chosen(
    inside: Client, gateway: FakeGateway, provider: str, kind: str
) -> None:
    own = ProviderConfig("cheap", "https://cheap.example/v1")
    with override_settings(POTLUCK=replace(settings.POTLUCK, providers=(own,))):
        answer = paste(inside, "a-key-of-some-provider-0123", provider=provider)
    assert answer.status_code == 201
    assert rows()[0][:2] == (provider, kind)


def test_what_is_known_stays_as_it_is(inside: Client, gateway: FakeGateway) -> None:
    paste(inside, KEYS[0], label="first")
    page = paste(inside, *KEYS[:2], label="second").content.decode()
    assert "1 is here already and stays as it is." in page
    assert [row[2] for row in rows()] == ["first", "second"]
    page = paste(inside, KEYS[0]).content.decode()
    assert "All of them are known" in page


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("keys", {"keys": ""}),
        ("keys", {"keys": "no key\nat all here"}),
        ("keys", {"keys": '{"a": '}),
        ("provider", {"provider": "nobody"}),
        ("label", {"label": KEYS[0]}),
    ],
)
def test_what_cannot_be_stands_beside_its_field(
    inside: Client, field: str, said: dict[str, str]
) -> None:
    answer = paste(inside, KEYS[0], **said)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert rows() == []


def test_a_proxy_is_sealed(inside: Client, gateway: FakeGateway) -> None:
    paste(inside, KEYS[0], proxy=f"socks5://ada:{PLANTED}@proxy.example:1080")
    assert PLANTED not in str(Credential.objects.values().get())


def test_each_file_has_its_result(inside: Client, trail: list[Note]) -> None:
    good = json.dumps({"api_key": KEYS[0]}).encode()
    answer = bring(inside, ("good.json", good), ("<b>bad.txt", b"\xff\xfe"))
    page = answer.content.decode()
    assert answer.status_code == 201
    assert "good.json" in page
    assert "1 added" in page
    assert "no UTF-8 text" in page
    assert "<b>bad" not in page
    assert [row[3] for row in rows()] == ["import"]
    assert [(note.action, note.target) for note in trail] == [("credential.import", "good.json")]


def test_a_script_gets_the_results_alone(inside: Client) -> None:
    answer = bring(inside, ("keys.txt", KEYS[0].encode()), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div class="file">')


def test_no_file_is_a_sentence(inside: Client) -> None:
    answer = inside.post(f"{PAGE}/upload", {})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_a_file_that_is_too_large_is_a_sentence(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cargo, "LARGEST", 10)
    page = bring(inside, ("large.txt", KEYS[0].encode())).content.decode()
    assert "The file is too large" in page
    assert rows() == []


def test_a_provider_that_is_not_there_is_a_sentence(inside: Client) -> None:
    sent = SimpleUploadedFile("keys.txt", KEYS[0].encode())
    page = inside.post(f"{PAGE}/upload", {"files": [sent], "provider": "gemni"})
    assert "There is no such provider. Known are: anthropic," in page.content.decode()
    assert rows() == []


def test_a_file_of_somebody_else_s_page_is_refused(inside: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside.cookies
    assert bring(strict, ("keys.txt", KEYS[0].encode())).status_code == 403
    assert rows() == []


def test_accounts_log_in_with_their_risk_before_the_button(inside: Client) -> None:
    google = issuers.google("https://oauth2.example", "a-client", "a-secret")
    with override_settings(POTLUCK_ISSUERS=Issuers(google=google)):
        page = inside.get(f"{PAGE}/new").content.decode()
    risk, button = page.index("it may be banned"), page.index("Log in with Google")
    assert risk < button
    assert "/panel/contributions/login?provider=google" in page
    assert "a-secret" not in page
