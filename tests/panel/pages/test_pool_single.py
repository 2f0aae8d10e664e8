"""One credential: what its page shows, and what is done to it there."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from credentials import usage
from credentials.caps import Calendar
from credentials.health import Barred, RateLimited, Refused
from credentials.kinds import Source
from credentials.models import Contribution, Credential, ServedDay
from tests.panel.pages.test_pool import PAGE, contribute, fail, told
from tests.support.fields import untouched
from tests.support.pool import PLANTED, FakeGateway, Note, add, gateway, lend, trail, vault

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def shown(inside: Client, id: int) -> str:
    return inside.get(f"{PAGE}/{id}").content.decode()


def saved(id: int) -> Credential:
    return Credential.objects.get(pk=id)


@pytest.mark.parametrize("id", [999, 2**63, 10**30])
def test_one_that_is_not_there_is_not_found(inside: Client, id: int) -> None:
    for end in ("", "/edit", "/delete"):
        assert inside.get(f"{PAGE}/{id}{end}").status_code == 404
    assert inside.post(f"{PAGE}/{id}/pardon").status_code == 404


def test_a_healthy_one_says_so(inside: Client) -> None:
    page = shown(inside, add("Ada"))
    assert "It serves every model that it has." in page
    assert "Nothing has ever gone wrong with it." in page
    assert "Find its e-mail" not in page


def test_a_state_says_why_and_what_to_do(inside: Client) -> None:
    id = add("Ada")
    told(id, Refused("SERVICE_DISABLED", code=403))
    page = shown(inside, id)
    assert "The API is not switched on in its project." in page
    assert "then pardon it" in page


def test_models_that_rest_have_their_ends(inside: Client) -> None:
    one, two = add("one"), add("two")
    told(one, RateLimited("gemini-2.5-pro", retry_after=timedelta(minutes=30), reason="429"))
    told(two, Barred("gemini-2.5-flash-image"))
    page = shown(inside, one)
    assert "gemini-2.5-pro" in page
    assert "data-countdown>30 m</time>" in page
    assert "until pardoned" in shown(inside, two)


def test_today_stands_against_its_caps(inside: Client) -> None:
    id = add("Ada")
    day = Calendar().day(timezone.now())
    counts = {"calls": 41, "served": 40, "pro_calls": 3}
    Credential.objects.filter(pk=id).update(day=day, day_cap=50, pro_cap=9, **counts)
    page = shown(inside, id)
    assert "of 50 calls" in page
    assert "3 / 9" in page
    assert f"/panel/requests?credential={id}" in page


def test_errors_are_words_with_the_raw_body_behind(inside: Client) -> None:
    id = add("Ada")
    fail(id, 503, "stumbled", "The model is overloaded.")
    page = shown(inside, id)
    assert "The provider failed, or did not answer in time." in page
    assert "<pre>The model is overloaded.</pre>" in page


def test_a_proxy_is_shown_without_its_password(inside: Client) -> None:
    id = add("Ada")
    usage.via(vault(), [id], f"socks5://ada:{PLANTED}@proxy.example:1080")
    for end in ("", "/edit"):
        page = inside.get(f"{PAGE}/{id}{end}").content.decode()
        assert "socks5://proxy.example:1080" in page
        assert PLANTED not in page


def test_a_contributed_one_shows_its_days_and_what_was_agreed(inside: Client) -> None:
    id = add("Ada")
    contribute(id, name="Bob")
    today: date = Calendar().day(timezone.now())
    ServedDay.objects.create(credential_id=id, day=today, calls=12, served=11)
    page = shown(inside, id)
    assert "12 calls in 30 days" in page
    assert "What its lender agreed to" in page
    assert f"{PAGE}/{id}/download" not in page


def test_a_test_says_what_it_heard(inside: Client, gateway: FakeGateway, trail: list[Note]) -> None:
    well, ill = add("well"), add("ill")
    gateway.ill = {ill}
    page = inside.post(f"{PAGE}/{well}/test", headers=HTMX).content.decode()
    assert "<html" not in page
    assert "It works." in page
    assert "200 · 0.25 s" in page
    page = inside.post(f"{PAGE}/{ill}/test", headers=HTMX).content.decode()
    assert "The provider does not accept it." in page
    assert "<pre>The key is unknown.</pre>" in page
    assert [note.action for note in trail] == ["credential.test"] * 2


def test_without_scripts_the_answer_is_on_the_page(inside: Client, gateway: FakeGateway) -> None:
    page = inside.post(f"{PAGE}/{add('Ada')}/test").content.decode()
    assert "<html" in page
    assert "It works." in page


def test_without_a_running_gateway_the_page_says_so(inside: Client) -> None:
    page = inside.post(f"{PAGE}/{add('Ada')}/test", headers=HTMX).content.decode()
    assert "The gateway is not running" in page


def test_patience_has_an_end(inside: Client, gateway: FakeGateway) -> None:
    gateway.late = True
    page = inside.post(f"{PAGE}/{add('Ada')}/test", headers=HTMX).content.decode()
    assert "No answer in time." in page


def test_an_account_gets_a_new_token_and_a_name(inside: Client, gateway: FakeGateway) -> None:
    id = lend()
    page = inside.post(f"{PAGE}/{id}/refresh", headers=HTMX).content.decode()
    assert "It has a new token." in page
    page = inside.post(f"{PAGE}/{id}/email", headers=HTMX).content.decode()
    assert f"person-{id}@example.test" in page
    gateway.ill = {id}
    page = inside.post(f"{PAGE}/{id}/refresh", headers=HTMX).content.decode()
    assert "The account was revoked." in page


def test_it_is_switched_and_the_switch_can_be_undone(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    assert inside.post(f"{PAGE}/{id}/disable")["Location"] == f"{PAGE}/{id}"
    assert not saved(id).enabled
    assert f'action="{PAGE}/{id}/enable" data-brief' in shown(inside, id)
    inside.post(f"{PAGE}/{id}/enable")
    assert saved(id).enabled
    assert [note.action for note in trail] == ["credential.disable", "credential.enable"]


def test_a_pardon_forgets(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    told(id, Refused("NO"))
    inside.post(f"{PAGE}/{id}/pardon")
    assert not saved(id).banned
    assert [note.action for note in trail] == ["credential.pardon"]


def test_nothing_else_can_be_done_to_it(inside: Client) -> None:
    id = add("Ada")
    assert inside.post(f"{PAGE}/{id}/steal").status_code == 404
    assert inside.get(f"{PAGE}/{id}/pardon").status_code == 405


def test_it_is_edited_and_what_changed_is_noted(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    body = {"label": "Bob", "weight": "2", "minute_cap": "", "day_cap": "50", "pro_cap": ""}
    answer = inside.post(f"{PAGE}/{id}/edit", {**body, "proxy": "direct", "base_url": ""})
    assert answer.status_code == 303
    row = saved(id)
    assert (row.label, row.weight, row.day_cap, row.minute_cap) == ("Bob", 2, 50, 0)
    ((action, target, before, after),) = trail
    assert (action, target) == ("credential.edit", f"credential {id}")
    assert before == {"label": "Ada", "weight": 1, "day_cap": 0, "proxy": ""}
    assert after == {"label": "Bob", "weight": 2, "day_cap": 50, "proxy": "direct"}


def test_two_administrators_write_what_each_has_changed(inside: Client) -> None:
    id = add("Ada")
    older = untouched(inside.get(f"{PAGE}/{id}/edit"))
    inside.post(f"{PAGE}/{id}/edit", {**older, "day_cap": "50", "proxy": "direct"})
    inside.post(f"{PAGE}/{id}/edit", {**older, "label": "Bob"})
    assert (saved(id).label, saved(id).day_cap, saved(id).weight) == ("Bob", 50, 1)
    assert saved(id).sealed_proxy


def test_a_proxy_that_is_not_touched_keeps_its_password(inside: Client) -> None:
    id = add("Ada")
    usage.via(vault(), [id], "socks5://ada:secret@proxy.example:1080")
    before = saved(id).sealed_proxy
    body = {"label": "Bob", "weight": "1", "proxy": "socks5://proxy.example:1080"}
    assert inside.post(f"{PAGE}/{id}/edit", body).status_code == 303
    assert (saved(id).label, saved(id).sealed_proxy) == ("Bob", before)


@pytest.mark.parametrize(("field", "value"), [("weight", "0"), ("proxy", "ftp://x")])
def test_what_cannot_be_stands_beside_its_field(inside: Client, field: str, value: str) -> None:
    id = add("Ada")
    answer = inside.post(f"{PAGE}/{id}/edit", {"label": "Ada", "weight": "1", field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert (saved(id).label, saved(id).weight, saved(id).day_cap) == ("Ada", 1, 0)


def test_the_token_of_an_account_has_no_base_url_to_set(inside: Client) -> None:
    id = lend()
    assert "id_base_url" not in inside.get(f"{PAGE}/{id}/edit").content.decode()
    inside.post(f"{PAGE}/{id}/edit", {"weight": "1", "base_url": "https://evil.example"})
    assert saved(id).base_url == ""


def test_it_is_deleted_once_its_name_is_typed(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    assert inside.post(f"{PAGE}/{id}/delete", {"name": "Bob"}).status_code == 422
    assert saved(id).sealed
    assert inside.post(f"{PAGE}/{id}/delete", {"name": "Ada"})["Location"] == PAGE
    assert saved(id).sealed == ""
    assert [note.action for note in trail] == ["credential.delete"]
    assert inside.get(f"{PAGE}/{id}").status_code == 404


def test_a_long_name_is_not_typed(inside: Client) -> None:
    id = add("A name that is much too long to be typed by anybody")
    assert f"<code>{id}</code>" in inside.get(f"{PAGE}/{id}/delete").content.decode()
    assert inside.post(f"{PAGE}/{id}/delete", {"name": str(id)}).status_code == 303


def test_a_lender_reads_that_theirs_was_rejected(inside: Client) -> None:
    id = add("Ada")
    lent = contribute(id, name="Bob", contact="bob@example.org")
    inside.post(f"{PAGE}/{id}/delete", {"name": "Ada", "reason": "Its quota is too small."})
    row = Contribution.objects.get(pk=lent.pk)
    assert (row.state, row.reason, row.contact) == ("rejected", "Its quota is too small.", "")
    assert saved(id).sealed == ""


def test_a_download_is_a_file_and_is_noted(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    answer = inside.post(f"{PAGE}/{id}/download")
    assert json.loads(answer.content)["api_key"].startswith(PLANTED)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert [note.action for note in trail] == ["credential.export"]


def test_what_was_contributed_is_no_file_for_anybody(inside: Client, trail: list[Note]) -> None:
    id = add("Ada")
    contribute(id)
    assert inside.post(f"{PAGE}/{id}/download").status_code == 303
    assert "nobody gets it as a file" in shown(inside, id)
    assert trail == []


def test_a_refresh_asks_for_the_body_alone(inside: Client) -> None:
    headers = HTMX | {"HX-Target": "credential"}
    page = inside.get(f"{PAGE}/{add('Ada')}", headers=headers).content.decode()
    assert "<html" not in page
    assert "It serves every model" in page


def test_the_address_of_a_lent_one_is_not_asked_for(inside: Client) -> None:
    id = add("anna@mail.test", source=Source.CONTRIBUTED)
    assert "base_url" not in inside.get(f"{PAGE}/{id}/edit").content.decode()
    body = {"label": "anna", "weight": "1", "proxy": "", "base_url": "http://127.0.0.1:9"}
    inside.post(f"{PAGE}/{id}/edit", body)
    assert (saved(id).label, saved(id).base_url) == ("anna", "")
