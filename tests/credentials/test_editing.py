"""What a person may change of a credential, from a form or through the API."""

from __future__ import annotations

import pytest

from credentials import editing, services
from credentials.editing import Edit, Invalid, Lent
from credentials.kinds import Kind, Source
from credentials.models import Credential, Revision
from tests.credentials.fakes import VAULT

pytestmark = pytest.mark.django_db


def tls(provider: str) -> bool:
    return provider != "plain"


def add() -> int:
    return services.add(VAULT, "gemini", Kind.GEMINI_API, "planted-key", label="one")[0].pk


def stored() -> Credential:
    return Credential.objects.get()


def test_a_change_is_told_and_announced() -> None:
    pk, before = add(), Revision.current()
    told = editing.edit(VAULT, pk, tls, label="two", weight="3", day_cap=" 10 ", pro_cap=0)
    assert told["before"] == {"label": "one", "weight": 1, "day_cap": 0}
    assert told["after"] == {"label": "two", "weight": 3, "day_cap": 10}
    assert stored().revision == Revision.current() > before


def test_nothing_to_change_announces_nothing() -> None:
    pk, before = add(), Revision.current()
    assert editing.edit(VAULT, pk, tls) == {"before": {}, "after": {}}
    assert Revision.current() == before


@pytest.mark.parametrize("weight", ["", "-1", "1.5", "²", "9" * 400, 0, 1_001, True])
def test_a_number_is_a_number(weight: str | int) -> None:
    with pytest.raises(Invalid) as caught:
        editing.edit(VAULT, add(), tls, weight=weight)
    assert caught.value.errors == {"weight": "Write a whole number from 1 to 1000."}


def test_every_wrong_field_is_named_and_none_is_changed() -> None:
    wrong = Edit(label="x" * 201, proxy="ftp://x", base_url="x", day_cap="many", weight=2)
    with pytest.raises(Invalid) as caught:
        editing.edit(VAULT, add(), tls, **wrong)
    assert caught.value.errors.keys() == {"label", "proxy", "base_url", "day_cap"}
    assert stored().weight == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" a \n b ", "a b"), ("\x00\x1b[1m", "[1m"), ("\ud800", ""), ("鍋 🍲", "鍋 🍲"), ("", "")],
)
def test_a_label_is_one_line_that_every_database_takes(written: str, kept: str) -> None:
    editing.edit(VAULT, add(), tls, label=written)
    assert stored().label == kept


def test_a_proxy_of_another_vault_can_be_replaced() -> None:
    pk = add()
    Credential.objects.update(sealed_proxy="gAAAA")
    told = editing.edit(VAULT, pk, tls, proxy="direct")
    assert (told["before"], told["after"]) == ({"proxy": "?"}, {"proxy": "direct"})
    assert VAULT.open(stored().sealed_proxy.encode()) == "direct"


def test_one_that_was_removed_is_not_changed() -> None:
    pk = add()
    services.remove([pk])
    with pytest.raises(Credential.DoesNotExist):
        editing.edit(VAULT, pk, tls, label="back")


def lent(provider: str = "gemini") -> int:
    pk = services.add(VAULT, provider, Kind.OPENAI_COMPATIBLE, "planted-key", label="a@b.test")[
        0
    ].pk
    Credential.objects.update(source=Source.CONTRIBUTED.value)
    return pk


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [
        ("gemini", Edit(base_url="http://127.0.0.1:9")),
        ("gemini", Edit(base_url="https://generativelanguage.googleapis.com", weight=2)),
        ("plain", Edit(proxy="http://127.0.0.1:9")),
        ("plain", Edit(proxy="socks5://127.0.0.1:9")),
    ],
)
def test_nobody_makes_a_lent_secret_go_where_they_can_read_it(provider: str, wanted: Edit) -> None:
    pk = lent(provider)
    with pytest.raises(Lent, match="was contributed") as caught:
        editing.edit(VAULT, pk, tls, **wanted)
    assert caught.value.field in wanted
    assert (stored().base_url, stored().sealed_proxy, stored().weight) == ("", "", 1)


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [
        ("plain", Edit(base_url="", proxy="")),
        ("plain", Edit(proxy="direct")),
        ("gemini", Edit(proxy="http://127.0.0.1:9", base_url="")),
    ],
)
def test_a_lent_one_may_go_by_a_way_that_shows_nothing(provider: str, wanted: Edit) -> None:
    editing.edit(VAULT, lent(provider), tls, **wanted)


def test_what_is_noted_of_a_lent_one_tells_of_no_lender() -> None:
    told = editing.edit(VAULT, lent(), tls, label="Anna's")
    assert told == {"before": {"label": "…"}, "after": {"label": "…"}}
    assert stored().label == "Anna's"
