from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import datetime

import bcrypt
import pyotp
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from panel import password
from panel.auth import factor
from panel.models import AuditEntry
from tests.support.console import PASSWORD
from tests.support.factor import Phone, set_up

pytestmark = pytest.mark.django_db

PAGE = "/panel/security"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A half minute that does not end."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def phone(inside: Client) -> Phone:
    return set_up()


@pytest.fixture
def stored(inside: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The password is the stored one, and the browser is logged in with it."""
    quick = bcrypt.gensalt(4)
    monkeypatch.setattr(bcrypt, "gensalt", lambda rounds: quick)
    config = dataclasses.replace(settings.POTLUCK, panel_password="")
    with override_settings(POTLUCK=config):
        password.change("the old one")
        assert inside.post("/login", {"password": "the old one"}).status_code == 303
        yield inside


def another(secret: str = PASSWORD) -> Client:
    """A second browser that is logged in."""
    browser = Client()
    assert browser.post("/login", {"password": secret}).status_code == 303
    return browser


def opened(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


def begun(browser: Client) -> tuple[str, str]:
    """(secret, sealed) of the page with the picture."""
    page = browser.post(f"{PAGE}/begin", {"password": PASSWORD}).content.decode()
    secret = re.search(r'id="secret">([A-Z2-7]{32})<', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret is not None
    assert sealed is not None
    return secret[1], sealed[1]


def switched_on(browser: Client, now: datetime) -> str:
    secret, sealed = begun(browser)
    answer = browser.post(f"{PAGE}/confirm", {"sealed": sealed, "code": pyotp.TOTP(secret).at(now)})
    assert answer.status_code == 201
    return answer.content.decode()


def test_the_picture_is_drawn_here_without_script_or_style(inside: Client) -> None:
    page = inside.post(f"{PAGE}/begin", {"password": PASSWORD}).content.decode()
    picture = page[page.index("<svg viewBox", page.index('class="picture"')) :]
    picture = picture[: picture.index("</svg>")]
    assert 'class="qr"' in picture
    assert "style=" not in page
    assert "otpauth" not in page


def test_it_counts_once_a_code_has_shown_that_the_phone_has_it(
    inside: Client, now: datetime
) -> None:
    secret, sealed = begun(inside)
    assert not factor.on()
    wrong = inside.post(f"{PAGE}/confirm", {"sealed": sealed, "code": "000"})
    assert (wrong.status_code, factor.on()) == (422, False)
    assert secret in wrong.content.decode()
    page = switched_on(inside, now)
    assert factor.on()
    assert len(re.findall(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", page)) == factor.CODES
    assert list(AuditEntry.objects.filter(action="factor.enable").values_list("actor")) == [
        ("administrator",)
    ]


def test_recovery_codes_are_shown_once(inside: Client, now: datetime) -> None:
    code = re.findall(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", switched_on(inside, now))[0]
    page = inside.get(PAGE).content.decode()
    assert code not in page
    assert ">10<" in page


def test_switching_it_on_logs_out_all_other_browsers(inside: Client, now: datetime) -> None:
    other = another()
    switched_on(inside, now)
    assert opened(inside)
    assert not opened(other)


def test_a_browser_left_open_sets_up_nothing(inside: Client) -> None:
    answer = inside.post(f"{PAGE}/begin", {"password": "guess"})
    assert answer.status_code == 422
    assert "That is not the password." in answer.content.decode()
    assert 'class="qr"' not in answer.content.decode()


@pytest.mark.parametrize("sealed", ["", "x", "é"])
def test_an_invented_secret_is_not_confirmed(inside: Client, sealed: str) -> None:
    answer = inside.post(f"{PAGE}/confirm", {"sealed": sealed, "code": "123456"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert not factor.on()


def test_one_that_is_on_is_not_set_up_again(inside: Client, phone: Phone) -> None:
    assert inside.post(f"{PAGE}/begin", {"password": PASSWORD})["Location"] == PAGE


def test_it_is_switched_off_with_password_and_code(
    inside: Client, phone: Phone, now: datetime
) -> None:
    for secret, code in (("guess", phone.code(now)), (PASSWORD, phone.wrong(now)), ("", "")):
        said = inside.post(f"{PAGE}/off", {"off-password": secret, "off-code": code})
        assert (said.status_code, factor.on()) == (422, True)
    said = inside.post(f"{PAGE}/off", {"off-password": PASSWORD, "off-code": phone.code(now)})
    assert (said.status_code, factor.on()) == (303, False)


def test_new_recovery_codes_take_password_and_code(
    inside: Client, phone: Phone, now: datetime
) -> None:
    form = {"codes-password": PASSWORD, "codes-code": phone.code(now)}
    assert inside.post(f"{PAGE}/codes", form).status_code == 201
    assert factor.check(phone.recovery[0], now) is None
    assert inside.post(f"{PAGE}/codes", form).status_code == 422


def test_few_recovery_codes_are_a_reason_to_make_new_ones(
    inside: Client, phone: Phone, now: datetime
) -> None:
    assert "Few recovery codes are left" not in inside.get(PAGE).content.decode()
    for code in phone.recovery[:7]:
        factor.check(code, now)
    assert "Few recovery codes are left" in inside.get(PAGE).content.decode()


def test_too_many_guesses_wait(inside: Client, phone: Phone) -> None:
    form = {"off-password": "guess", "off-code": "000000"}
    answers = [inside.post(f"{PAGE}/off", form) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Try again in" in answers[-1].content.decode()


def test_another_password_logs_out_all_other_browsers(stored: Client) -> None:
    other = another("the old one")
    form = {"old": "the old one", "new": "the new one", "again": "the new one"}
    assert stored.post(f"{PAGE}/password", form).status_code == 303
    assert opened(stored)
    assert not opened(other)
    assert opened(another("the new one"))
    assert AuditEntry.objects.filter(action="password.change").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"old": "guess"}, "That is not the password."),
        ({"new": "short", "again": "short"}, "at least 8"),
        ({"again": "something else"}, "This is not the same."),
    ],
)
def test_a_password_that_cannot_be_is_said_beside_its_field(
    stored: Client, change: dict[str, str], words: str
) -> None:
    form = {"old": "the old one", "new": "the new one", "again": "the new one"} | change
    answer = stored.post(f"{PAGE}/password", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "the new one" not in answer.content.decode()


def test_one_from_the_environment_is_changed_there(inside: Client) -> None:
    assert f'action="{PAGE}/password"' not in inside.get(PAGE).content.decode()
    form = {"old": PASSWORD, "new": "the new one", "again": "the new one"}
    assert inside.post(f"{PAGE}/password", form).status_code == 303
    assert opened(another())


def test_everywhere_is_here_too(inside: Client) -> None:
    other = another()
    assert inside.post(f"{PAGE}/leave")["Location"] == "/login"
    assert not opened(inside)
    assert not opened(other)
    [row] = AuditEntry.objects.filter(action="session.end")
    assert row.target == "everywhere"
