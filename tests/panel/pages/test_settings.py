"""`/panel/settings`: what there is, and what happens to what is typed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from gateway import stored
from panel import bridge
from panel.models import AuditEntry

pytestmark = pytest.mark.django_db

PAGE = "/panel/settings"
POOL = f"{PAGE}?group=pool"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a developer has set for the gateway is not what the tests are about."""
    for name in ("AUTO_BAN", "AUTO_BAN_STRIKES", "HOST_URL", "CONNECT_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)


def shown(inside: Client, address: str = PAGE) -> str:
    answer = inside.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def form(page: str) -> dict[str, list[str]]:
    """What a browser without scripts would send of it."""
    found: dict[str, list[str]] = {}
    body = page[page.index('id="settings-form"') : page.index('id="reset-form"')]
    for tag in re.findall(r"<input[^>]*>", body):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in given and " disabled" not in tag:
            found.setdefault(given["name"], []).append(unescape(given.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', body):
        found[name] = [unescape(text).replace("\n", "\r\n")]
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', body):
        found[name] = re.findall(r"<option selected>([^<]*)", options)
    return found


@pytest.mark.parametrize(
    "group", ["server", "limits", "pool", "lending", "upstreams", "answers", "images"]
)
def test_what_nobody_touched_is_not_saved(inside: Client, group: str) -> None:
    stored.save("MODEL_ALIASES", "fast=a,slow=b")
    sent = form(shown(inside, f"{PAGE}?group={group}"))
    answer = inside.post(f"{PAGE}?group={group}", sent)
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?group={group}")
    assert not AuditEntry.objects.filter(action="setting.change").exists()
    assert "Nothing was changed." in shown(inside, POOL)


def test_only_what_was_changed_is_saved(inside: Client) -> None:
    sent = form(shown(inside, POOL))
    # Somebody else changes another one meanwhile.
    stored.save("REQUEST_DEADLINE", "77")
    del sent["AUTO_BAN"]
    sent |= {"AUTO_BAN_STRIKES": ["7"], "AUTO_BAN_ERROR_CODES": ["401\r\n402,\r\n"]}
    assert inside.post(POOL, sent).status_code == 303
    assert stored.rows() == {
        "AUTO_BAN": "false",
        "AUTO_BAN_STRIKES": "7",
        "AUTO_BAN_ERROR_CODES": "401,402",
        "REQUEST_DEADLINE": "77",
    }
    changes = AuditEntry.objects.filter(action="setting.change", actor="administrator")
    assert changes.count() == 3


def test_boxes_are_a_list_without_an_order(inside: Client) -> None:
    stored.save("MODEL_VARIANTS", "image,search")
    address = f"{PAGE}?q=MODEL_VARIANTS"
    sent = form(shown(inside, address))
    assert sorted(sent["MODEL_VARIANTS"]) == ["image", "search"]
    inside.post(address, sent)
    assert stored.rows() == {"MODEL_VARIANTS": "image,search"}
    del sent["MODEL_VARIANTS"]
    inside.post(address, sent)
    assert stored.rows() == {"MODEL_VARIANTS": ""}


def test_what_cannot_be_used_is_said_beside_it_and_nothing_saved(inside: Client) -> None:
    sent = form(shown(inside, POOL)) | {"AUTO_BAN_STRIKES": ["0<b>"], "REQUEST_DEADLINE": ["5"]}
    answer = inside.post(POOL, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert stored.rows() == {}
    (wrong,) = re.findall(r'class="wrong small" id="f-(\w+)-error"', page)
    assert wrong == "AUTO_BAN_STRIKES"
    assert 'value="0&lt;b&gt;" aria-invalid="true"' in page
    assert form(page)["REQUEST_DEADLINE"] == ["5"]
    assert form(page)["was-AUTO_BAN_STRIKES"] == ["3"]


def test_what_waits_for_a_restart_is_named(inside: Client) -> None:
    inside.post(POOL, form(shown(inside, POOL)) | {"CONNECT_TIMEOUT": ["3"]})
    page = shown(inside, POOL)
    assert "Saved: CONNECT_TIMEOUT. Restart the gateway for CONNECT_TIMEOUT to hold." in page
    assert "These wait for a restart" in page
    assert "waits for a restart" in page


def test_a_save_can_be_undone(inside: Client) -> None:
    stored.save("AUTO_BAN_STRIKES", "5")
    inside.post(
        POOL, form(shown(inside, POOL)) | {"AUTO_BAN_STRIKES": ["7"], "REQUEST_DEADLINE": ["5"]}
    )
    page = shown(inside, POOL)
    undo = page[page.index('action="/panel/settings/undo"') :]
    entries = re.findall(r'name="entry" value="(\d+)"', undo[: undo.index("</form>")])
    answer = inside.post(f"{PAGE}/undo", {"entry": entries, "next": POOL})
    assert answer["Location"] == POOL
    assert stored.rows() == {"AUTO_BAN_STRIKES": "5"}


def test_a_setting_goes_back_to_what_it_was_without_the_console(inside: Client) -> None:
    assert "reset-form" not in shown(inside, f"{PAGE}?q=auto_ban_strikes").split("</form>")[1]
    stored.save("AUTO_BAN_STRIKES", "5")
    assert 'form="reset-form" name="name" value="AUTO_BAN_STRIKES"' in shown(inside, POOL)
    answer = inside.post(f"{PAGE}/reset", {"name": "AUTO_BAN_STRIKES", "next": POOL})
    assert answer["Location"] == POOL
    assert stored.rows() == {}


@pytest.mark.parametrize("name", ["", "NOTHING", "PORT", "\0", "x" * 10_000])
def test_what_cannot_be_reset_is_said(inside: Client, name: str) -> None:
    answer = inside.post(f"{PAGE}/reset", {"name": name, "next": "https://evil.example"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert 'class="note bad"' in shown(inside)


def test_names_that_are_not_settings_are_refused(inside: Client) -> None:
    answer = inside.post(PAGE, {"shown": ["NOTHING", "PORT"], "PORT": "1", "was-PORT": "2"})
    assert answer.status_code == 422
    assert stored.rows() == {}


def test_a_secret_is_never_shown_and_has_no_field(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        each._replace(is_set=True, value="planted5ecret") if each.is_secret else each
        for each in bridge.settings().all()
    ]
    monkeypatch.setattr(type(bridge.settings()), "all", lambda self: rows)
    for query in ("q=api_password", "group=server", "group=upstreams"):
        page = shown(inside, f"{PAGE}?{query}")
        assert "planted5ecret" not in page
        assert not set(form(page)) & {each.name for each in rows if each.is_secret}
    assert "is set" in page


def test_the_environment_is_stronger_and_named(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        each._replace(source="environment") if each.name == "AUTO_BAN_STRIKES" else each
        for each in bridge.settings().all()
    ]
    monkeypatch.setattr(type(bridge.settings()), "all", lambda self: rows)
    page = shown(inside, POOL)
    assert "The environment variable <code>AUTO_BAN_STRIKES</code> sets it" in page
    assert "AUTO_BAN_STRIKES" not in form(page)["shown"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=auto_ban+STRIKES", {"AUTO_BAN_STRIKES"}),
        ("q=连续被拒", {"AUTO_BAN_STRIKES"}),
        ("q=host_url", {"HOST_URL", "CODE_ASSIST_ENDPOINT"}),
        ("q=" + "x" * 5_000, set()),
    ],
)
def test_a_search_looks_through_all_groups(inside: Client, query: str, names: set[str]) -> None:
    page = shown(inside, f"{PAGE}?{query}")
    found = set(re.findall(r'class="setting" id="(\w+)"', page))
    assert found <= names | {"GOOGLE_OAUTH_REDIRECT_URI"}
    assert bool(found) == bool(names)
    assert ("No setting is like that." in page) == (not names)


def test_htmx_gets_the_part_it_asks_for(inside: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "settings"}
    answer = inside.get(PAGE, {"q": "seconds"}, headers=headers)
    assert answer["HX-Push-Url"] == f"{PAGE}?q=seconds"
    assert "<html" not in answer.content.decode()


def test_without_a_table_it_says_so(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_settings", None)
    assert inside.get(PAGE).status_code == 503
    assert inside.post(PAGE, {"shown": "AUTO_BAN"}).status_code == 503
    assert inside.post(f"{PAGE}/reset", {"name": "AUTO_BAN"}).status_code == 303
    assert inside.get(f"{PAGE}/history").status_code == 200


def test_the_password_is_changed_elsewhere(inside: Client) -> None:
    assert 'href="/panel/security"' in shown(inside)
