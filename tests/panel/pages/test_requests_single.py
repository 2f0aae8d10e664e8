"""One request: its page, its sheet, and the line of what happened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from credentials.models import Credential
from keys.requests import Tried
from panel.pages.requests import words
from panel.pages.requests.timeline import Step, steps
from proxy.errors import ErrorKind
from proxy.ir import Dialect
from tests.support.console import Person
from tests.support.records import record

pytestmark = pytest.mark.django_db


def text(client: Client, name: str = "r1") -> str:
    answer = client.get(f"/panel/requests/{name}")
    assert answer.status_code == 200
    return answer.content.decode()


def line(tried: list[Tried], **values: Any) -> list[tuple[str, str, str, str]]:
    found = steps(record(**values), tried)
    return [(each.state.value, each.title, each.text, each.when) for each in found]


WAITED = Tried(4, "of Ada", "RateLimited", "429 per-minute limit: slow down", 0.5)
WELL = Tried(5, "of Bob", "Succeeded", "", 2.0)


def test_a_second_credential_answered() -> None:
    assert line([WAITED, WELL], first_byte_ms=900, duration_ms=2_500) == [
        ("active", "Came in", "OpenAI Chat", ""),
        ("active", "Units reserved", "10 units", ""),
        ("low", "of Ada", "was told to wait · 429 per-minute limit", ""),
        ("active", "of Bob", "answered", ""),
        ("active", "First byte", "", "after 900 ms"),
        ("active", "Done", "10 units charged", "after 2.50 s"),
    ]


def test_nobody_answered() -> None:
    nobody = Tried(0, "gemini", "Unavailable", "all are resting", 0.0)
    values = {"status": 429, "error_code": "upstream_cooling", "units": 0, "first_byte_ms": None}
    assert line([WAITED, nobody], **values)[1:] == [
        ("low", "of Ada", "was told to wait · 429 per-minute limit", ""),
        ("low", "gemini", "had nothing to lend · all are resting", ""),
        ("low", "Refused", "nothing charged: what was reserved was given back", "after 1.20 s"),
    ]


def test_a_call_that_was_refused_at_the_door_says_only_what_is_known() -> None:
    values = {"status": 404, "error_code": "model_not_found", "units": 0, "first_byte_ms": None}
    assert [each[1:3] for each in line([], **values)] == [
        ("Came in", "OpenAI Chat"),
        ("Refused", "nothing charged"),
    ]


@pytest.mark.parametrize(
    ("values", "title", "said"),
    [
        ({"error_code": "upstream_failed"}, "Broke off", "10 units charged"),
        ({"error_code": "client_disconnected"}, "The client left", "10 units charged"),
        ({"units": 0}, "Done", "it costs nothing"),
        ({"units": 1}, "Done", "1 unit charged"),
        (
            {"status": 502, "error_code": "x", "units": 0, "first_byte_ms": None},
            "Failed",
            "nothing charged: what was reserved was given back",
        ),
    ],
)
def test_the_end_says_what_was_charged(values: dict[str, Any], title: str, said: str) -> None:
    assert line([WELL], **values)[-1][1:3] == (title, said)


@pytest.mark.parametrize(
    ("reason", "said", "raw"),
    [
        ("", "failed", ""),
        ("no answer", "failed · no answer", ""),
        ("503 overloaded: try later", "failed · 503 overloaded", "503 overloaded: try later"),
        ("x" * 90, "failed · " + "x" * 80 + "…", "x" * 90),
    ],
)
def test_an_upstreams_words_are_one_click_away(reason: str, said: str, raw: str) -> None:
    step = steps(record(), [Tried(1, "a", "Stumbled", reason, 1.0)])[2]
    assert (step.text, step.raw, step.took) == (said, raw, "1.00 s")


def test_an_unnamed_credential_has_a_number() -> None:
    found = steps(record(), [Tried(8, "", "Odd", "", None)])
    assert found[2] == Step(found[2].state, "#8", text="Odd", credential=8)


def test_it_tells_everything(inside: Client, alice: Person) -> None:
    lent = Credential.objects.create(kind="gemini_api", provider="gemini", label="of Bob")
    tried = [[999, "of Ada", "RateLimited", "429 per-minute: slow", 0.5]]
    tried.append([lent.pk, "of Bob", "Succeeded", "", 1.0])
    record(
        "r1",
        key_id=alice.id,
        credential_id=lent.pk,
        credential_label="of Bob",
        attempts=json.dumps(tried),
        cached_tokens=5,
        thinking_tokens=6,
        dropped="cache_control, unheard_of",
    )
    page = text(inside)
    for said in (
        *("(5 from the cache)", "(6 of them thinking)", "192.0.2.1", '<code id="request-id">r1<'),
        *(f'href="/api-key-admin/{alice.id}"', f'href="/panel/credentials/{lent.pk}"'),
        *("marks of what the upstream should keep", "<code>unheard_of</code></li>"),
        *("<pre>429 per-minute: slow</pre>", "took 500 ms", 'data-copy="request-id"'),
        *(f"/panel/requests?credential={lent.pk}", "/panel/requests?address=192.0.2.1"),
    ):
        assert said in page
    # A credential that is gone has a name and no page.
    assert "/panel/credentials/999" not in page


def test_a_failure_says_what_to_do(inside: Client) -> None:
    record(status=429, error_code="insufficient_quota", detail="This key has 3 units left.")
    page = text(inside)
    assert "Grant the key more units" in page
    assert "<pre>This key has 3 units left.</pre>" in page


def test_a_code_that_nobody_knows_is_shown_all_the_same(inside: Client) -> None:
    record(status=500, error_code="new_one", detail="Look here.")
    page = text(inside)
    assert "<code>new_one</code>" in page
    assert "<pre>Look here.</pre>" in page


def test_htmx_gets_it_for_the_side_sheet(inside: Client) -> None:
    record()
    sent = {"HX-Request": "true", "HX-Target": "sheet-body"}
    page = inside.get("/panel/requests/r1", headers=sent).content.decode()
    assert "<html" not in page
    assert 'class="timeline"' in page


@pytest.mark.parametrize("name", ["nothing", "%00", "x" * 3_000, "%ED%A0%80", "a%2Fb"])
def test_what_is_not_in_the_log_is_not_found(inside: Client, name: str) -> None:
    assert inside.get(f"/panel/requests/{name}").status_code == 404


def test_every_code_and_dialect_has_its_words() -> None:
    assert words.codes().keys() == {kind.value for kind in ErrorKind}
    assert words.DIALECTS.keys() == {dialect.value for dialect in Dialect}


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (None, ""),
        (0, "0 ms"),
        (999, "999 ms"),
        (1_250, "1.25 s"),
        (12_340, "12.3 s"),
        (125_000, "2 min 5 s"),
        (3_600_000_000, "60,000 min 0 s"),
    ],
)
def test_a_span_reads_like_one(milliseconds: int | None, said: str) -> None:
    assert words.span(milliseconds) == said
