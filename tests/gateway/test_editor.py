"""Settings as the console sees and changes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials import services
from credentials.kinds import Kind, Source
from gateway import stored
from gateway.config import SETTINGS, load
from gateway.editor import Editor
from gateway.live import Live
from gateway.models import StoredSetting
from panel import bridge
from panel.bridge import Setting, Wrong
from tests.credentials.fakes import VAULT

pytestmark = pytest.mark.django_db(transaction=True)

ENVIRON = {"AUTO_BAN_STRIKES": "7", "PANEL_PASSWORD": "hunter2hunter2"}


class Bench:
    def __init__(self, **environ: str) -> None:
        given = ENVIRON | environ
        toml = {"request_log_days": 9}
        self.live = Live(lambda rows: load(given, rows, toml))
        self.live.load(stored.rows())
        self.editor = Editor(self.live)

    def of(self, name: str) -> Setting:
        return next(each for each in self.editor.all() if each.name == name)

    def refused(self, **values: str | None) -> dict[str, str]:
        before = stored.rows()
        with pytest.raises(Wrong) as caught:
            self.editor.change(values)
        assert stored.rows() == before
        return dict(caught.value.errors)


@pytest.fixture
def bench() -> Iterator[Bench]:
    yield Bench()


def test_the_whole_table_is_there_without_a_running_gateway() -> None:
    assert [each.name for each in bridge.settings().all()] == [each.name for each in SETTINGS]


def test_every_setting_has_a_group(bench: Bench) -> None:
    assert bench.of("HOST").group == "server" and bench.of("S3_BUCKET").group == "buckets"
    assert all(each.group.isidentifier() for each in bench.editor.all())


def test_it_tells_where_a_value_is_from(bench: Bench) -> None:
    stored.save("AUTO_BAN", "false")
    names = ("AUTO_BAN_STRIKES", "AUTO_BAN", "REQUEST_LOG_DAYS", "PORT")
    found = [bench.of(name) for name in names]
    assert [each.source for each in found] == ["environment", "stored", "file", "default"]
    assert [each.value for each in found] == ["7", "false", "9", "7861"]
    assert [bool(each.changed_at) for each in found] == [False, True, False, False]


def test_a_secret_only_tells_that_it_is_set(bench: Bench) -> None:
    found = bench.of("PANEL_PASSWORD")
    assert (found.kind, found.value, found.is_set, found.storable) == ("secret", "", True, False)
    assert bench.of("API_PASSWORD").is_set is False
    assert "hunter2" not in repr(bench.editor.all())


def test_a_change_holds_at_once(bench: Bench) -> None:
    assert bench.editor.change({"HOST_URL": " https://fan.example/ ", "AUTO_BAN": "no"}) == []
    assert bench.live.config.host_url == "https://fan.example"
    assert bench.live.config.auto_ban is False
    assert bench.of("AUTO_BAN").value == "false"


def test_what_needs_a_restart_is_named_and_waits(bench: Bench) -> None:
    assert bench.editor.change({"CONNECT_TIMEOUT": "3", "AUTO_BAN": "no"}) == ["CONNECT_TIMEOUT"]
    found = bench.of("CONNECT_TIMEOUT")
    assert (found.value, found.waits, found.hot) == ("3", True, False)
    assert bench.editor.change({"CONNECT_TIMEOUT": None}) == []
    assert not bench.of("CONNECT_TIMEOUT").waits


def test_forgotten_it_is_that_of_the_file_again(bench: Bench) -> None:
    bench.editor.change({"REQUEST_LOG_DAYS": "3"})
    bench.editor.change({"REQUEST_LOG_DAYS": None})
    assert bench.live.config.request_log_days == 9
    assert not StoredSetting.objects.exists()


def test_nothing_is_a_value_of_a_list_and_forgets_what_may_be_unset(bench: Bench) -> None:
    bench.editor.change({"HOST_URL": "https://fan.example", "PRO_MODELS": "x"})
    bench.editor.change({"HOST_URL": "", "PRO_MODELS": ""})
    assert (bench.live.config.host_url, bench.live.config.pro_models) == ("", ())
    assert stored.rows() == {"PRO_MODELS": ""}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REQUEST_LOG_DAYS", "0", "A whole number from 1 to 3650."),
        ("REQUEST_LOG_DAYS", "", "A whole number"),
        ("REQUEST_LOG_DAYS", "9" * 5_000, "A whole number"),
        ("LOG_LEVEL", "loud", "One of debug, info"),
        ("MODEL_ALIASES", "fast", "Pairs as alias=model"),
        ("MODEL_ALIASES", "a=b,b=a", "leads to no other alias"),
        ("HOST_URL", "fan.example", "A URL with http://"),
        ("CONTRIBUTION_TERMS", "x" * 30_000, "Lines of text, at most 20,000 characters."),
        ("PRO_MODELS", "x" * 30_000, "Words without spaces"),
        ("HOST_URL", "a\nb", "A URL"),
        ("CONTRIBUTION_TERMS", "a\x00b\ud800", "does not take"),
        ("AUTO_BAN_STRIKES", "3", "environment"),
        ("PORT", "1", "environment or the configuration file"),
        ("PANEL_PASSWORD", "another password", "environment or the configuration file"),
        ("NO_SUCH", "1", "no setting"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(
    bench: Bench, name: str, value: str, said: str
) -> None:
    errors = bench.refused(**{name: value, "AUTO_BAN": "false"})
    assert errors.keys() == {name} and said in errors[name]
    assert "another password" not in errors[name]


def test_what_an_api_sends_instead_of_text_is_refused(bench: Bench) -> None:
    assert "REQUEST_LOG_DAYS" in bench.refused(REQUEST_LOG_DAYS=["x"])  # type: ignore[arg-type]


def test_all_that_is_wrong_is_told_at_once(bench: Bench) -> None:
    assert bench.refused(LOG_LEVEL="loud", AUTO_BAN="maybe").keys() == {"LOG_LEVEL", "AUTO_BAN"}


@pytest.mark.parametrize(
    ("environ", "value", "said"),
    [({"WORKERS": "2"}, "memory", "one process"), ({}, "s3", "needs a bucket")],
)
def test_what_would_stop_the_next_start_is_refused(
    environ: dict[str, str], value: str, said: str, tmp_path: Path
) -> None:
    errors = Bench(DATA_DIR=str(tmp_path), **environ).refused(IMAGE_STORAGE_TYPE=value)
    assert errors.keys() == {"IMAGE_STORAGE_TYPE"} and said in errors["IMAGE_STORAGE_TYPE"]


def test_what_an_older_version_left_locks_nobody_out(bench: Bench) -> None:
    StoredSetting.objects.create(name="LOG_LEVEL", value="loud")
    StoredSetting.objects.create(name="GONE", value=1)
    assert bench.of("LOG_LEVEL").source == "default"
    bench.editor.change({"AUTO_BAN": "false"})
    assert bench.live.config.auto_ban is False
    bench.editor.change({"LOG_LEVEL": None})
    assert "LOG_LEVEL" not in stored.rows()


def test_what_people_lend_is_not_sent_elsewhere_from_the_console(bench: Bench) -> None:
    address = "https://elsewhere.example"
    bench.editor.change({"GEMINI_BASE_URL": address})
    services.add(VAULT, "gemini", Kind.GEMINI_API, "planted-key", source=Source.CONTRIBUTED)
    assert "People lend" in bench.refused(GEMINI_BASE_URL=f"{address}/2")["GEMINI_BASE_URL"]
    bench.editor.change({"OPENAI_BASE_URL": address, "GEMINI_BASE_URL": None})
