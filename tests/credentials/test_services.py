"""What people do with credentials, and that the database never sees a secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection
from django.utils import timezone

from credentials import documents, health, sealing, services
from credentials.health import Health
from credentials.kinds import Kind, Source
from credentials.models import Credential, Revision
from credentials.services import Synced
from credentials.vault import Vault
from tests.credentials.fakes import KEY_OF_VAULT, NOW, VAULT, person, robot

pytestmark = pytest.mark.django_db

KEY = "AIzaSyPlanted-0123456789-abcdefghijklmnopq"


def add(secret: str = KEY, vault: Vault = VAULT) -> Credential:
    return services.add(vault, "gemini", Kind.GEMINI_API, secret)[0]


def sync(*secrets: str, source: Source = Source.ENV, base_url: str = "") -> Synced:
    return services.sync(
        VAULT, source, "gemini", kind=Kind.GEMINI_API, secrets=secrets, base_url=base_url
    )


def live() -> list[str]:
    rows = Credential.objects.filter(enabled=True).order_by("pk")
    return [VAULT.open(row.sealed.encode()) for row in rows]


def test_what_is_added_is_sealed_and_announced() -> None:
    before = Revision.current()
    row, new = services.add(
        VAULT, "  XAI ", Kind.OPENAI_COMPATIBLE, f" {KEY}\n", base_url="https://x", weight=3
    )
    assert new
    assert (row.provider, row.weight, row.base_url) == ("xai", 3, "https://x")
    assert VAULT.open(row.sealed.encode()) == KEY
    assert row.revision == Revision.current() > before


def test_the_same_secret_is_added_once_per_provider() -> None:
    first = add()
    assert services.add(VAULT, "gemini", Kind.GEMINI_API, KEY) == (first, False)
    assert services.add(VAULT, "other", Kind.OPENAI_COMPATIBLE, KEY)[1]


@pytest.mark.parametrize("secret", ["", "a b", "key\r\nX-Evil: 1", "ключ-ключ", "x" * 5000])
def test_what_cannot_stand_in_a_header_is_refused_and_not_quoted(secret: str) -> None:
    with pytest.raises(ValueError) as caught:
        add(secret)
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("provider", ["", "a b", "../x", "x" * 65])
def test_a_provider_has_a_plain_name(provider: str) -> None:
    with pytest.raises(ValueError):
        services.add(VAULT, provider, Kind.OPENAI_COMPATIBLE, KEY)


def test_disable_and_enable() -> None:
    pk = add().pk
    before = Revision.current()
    assert services.disable([pk]) == 1
    assert not Credential.objects.get().enabled
    assert services.enable([pk, 999]) == 1
    assert Credential.objects.get().enabled
    assert Revision.current() == before + 2


def test_a_removed_one_has_no_secret_and_may_come_back() -> None:
    old = add()
    assert services.remove([old.pk]) == 1
    old.refresh_from_db()
    assert (old.sealed, old.fingerprint, old.enabled) == ("", None, False)
    assert old.deleted_at is not None
    assert services.enable([old.pk]) == 0
    assert add().pk != old.pk


def test_a_pardon_lifts_a_ban_under_a_new_version() -> None:
    row = add()
    columns = {"health": health.dump(Health(banned="401")), "banned": True, "reason": "401"}
    Credential.objects.update(**columns, health_version=7)
    assert services.pardon([row.pk]) == 1
    row.refresh_from_db()
    assert (row.health, row.banned, row.reason, row.health_version) == ({}, False, "", 8)
    assert row.revision == Revision.current()


def test_a_sync_adds_and_the_second_changes_nothing() -> None:
    assert sync("key-a", "key-b", "key-a") == Synced(added=2)
    assert sync("key-b", "key-a") == Synced(kept=2)
    assert live() == ["key-a", "key-b"]


def test_a_sync_disables_what_is_gone_and_brings_it_back() -> None:
    sync("key-a", "key-b")
    assert sync("key-a") == Synced(disabled=1, kept=1)
    assert live() == ["key-a"]
    assert sync("key-a", "key-b") == Synced(enabled=1, kept=1)
    assert live() == ["key-a", "key-b"]


def test_a_sync_respects_what_a_person_disabled() -> None:
    sync("key-a", "key-b")
    services.disable([Credential.objects.order_by("pk")[0].pk])
    assert sync("key-a", "key-b") == Synced(kept=2)
    assert live() == ["key-b"]


def test_what_a_person_deleted_stays_deleted_while_its_source_names_it() -> None:
    sync(KEY, "key-two-key-two-key-two-")
    row = Credential.objects.order_by("pk")[0]
    services.remove([row.pk])
    for _start in range(2):
        assert sync(KEY, "key-two-key-two-key-two-") == Synced(kept=1)
    assert Credential.objects.filter(deleted_at=None).count() == 1
    sync("key-two-key-two-key-two-")
    assert sync(KEY, "key-two-key-two-key-two-").added == 1


def test_what_was_deleted_comes_back_by_hand() -> None:
    sync(KEY)
    services.remove([Credential.objects.get().pk])
    assert add().enabled
    assert sync(KEY) == Synced(kept=1)
    services.remove(Credential.objects.filter(deleted_at=None).values_list("pk", flat=True))
    assert sync(KEY) == Synced()


def test_a_deletion_outlives_a_change_of_the_vaults_key() -> None:
    sync(KEY)
    services.remove([Credential.objects.get().pk])
    new = Fernet.generate_key()
    for vault in (Vault((new, KEY_OF_VAULT)), Vault((new,))):
        again = services.sync(vault, Source.ENV, "gemini", kind=Kind.GEMINI_API, secrets=[KEY])
        assert again == Synced()


def test_a_source_that_was_dropped_forgets_what_was_deleted() -> None:
    sync(KEY, source=Source.CONFIG)
    services.remove([Credential.objects.get().pk])
    services.retire(Source.CONFIG, keep=())
    assert sync(KEY, source=Source.CONFIG).added == 1


def test_short_keys_are_told_apart_by_their_place() -> None:
    services.sync(
        VAULT,
        Source.ENV,
        "gemini",
        kind=Kind.GEMINI_API,
        secrets=["short-1", KEY, "short-2"],
        called="GEMINI_API_KEYS",
    )
    labels = list(Credential.objects.order_by("pk").values_list("label", flat=True))
    assert labels == ["GEMINI_API_KEYS #1", "AIza…nopq", "GEMINI_API_KEYS #3"]


def test_a_sync_leaves_other_sources_alone() -> None:
    add("key-m")
    sync("key-c", source=Source.CONFIG)
    assert sync("key-m", "key-a") == Synced(added=1, kept=1)
    assert sync() == Synced(disabled=1)
    assert live() == ["key-m", "key-c"]


def test_a_sync_changes_the_base_url_of_its_own() -> None:
    sync("key-a")
    sync("key-a", base_url="https://mirror")
    assert Credential.objects.get().base_url == "https://mirror"


def test_a_sync_tells_readers_only_of_what_changed() -> None:
    sync("key-a")
    before = Revision.current()
    sync("key-a", "key-b")
    assert Credential.objects.filter(revision__gt=before).count() == 1


def test_a_provider_that_the_configuration_dropped_is_retired() -> None:
    for provider in ("kept", "gone"):
        services.sync(
            VAULT, Source.CONFIG, provider, kind=Kind.OPENAI_COMPATIBLE, secrets=[f"key-{provider}"]
        )
    sync("key-a")
    assert services.retire(Source.CONFIG, keep=["kept"]) == 1
    assert live() == ["key-kept", "key-a"]


def test_after_resealing_the_old_key_is_not_needed() -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    row = add(vault=Vault([old]))
    both = Vault([new, old])
    assert services.find(both, "gemini", KEY) == row
    assert services.reseal(both) == 1
    row.refresh_from_db()
    assert Vault([new]).open(row.sealed.encode()) == KEY
    assert services.find(Vault([new]), "gemini", KEY) == row


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the file of SQLite")
@pytest.mark.django_db(transaction=True)
def test_the_database_file_holds_no_secret() -> None:
    row = add()
    services.disable([row.pk])
    sync(KEY + "-second")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(settings.DATABASES["default"]["NAME"])
    # Another process reads: closing the file here would drop the locks that SQLite holds on it.
    files = sorted(str(file) for file in path.parent.glob(path.name + "*"))
    stored = subprocess.run(["cat", *files], stdout=subprocess.PIPE, check=True).stdout
    assert b"gemini_api" in stored
    assert KEY.encode() not in stored
    assert Credential.objects.filter(created_at__lte=timezone.now()).count() == 2


def test_an_account_is_stored_as_a_document() -> None:
    row, new = services.add(VAULT, "vertex", Kind.VERTEX, robot())
    assert new
    assert sealing.opened(VAULT, Kind.VERTEX, row.sealed) == robot()
    assert (row.label, row.extra) == ("robot@p.iam.gserviceaccount.com", {"project": "my-project"})
    assert "planted" not in f"{row!r} {row} {row.extra}"


def test_an_account_is_known_again_whatever_its_access_token() -> None:
    first = person(access_token="planted-a")
    row, _ = services.add(VAULT, "code-assist", Kind.CODE_ASSIST, first)
    assert row.label == "…"
    again = services.add(VAULT, "code-assist", Kind.CODE_ASSIST, person(access_token="planted-b"))
    assert again == (row, False)
    rotated = documents.renewed(first, "planted-c", NOW, "planted-next")
    assert services.find(VAULT, "code-assist", rotated) == row


def test_an_account_is_used_as_its_own_provider() -> None:
    with pytest.raises(ValueError, match="another provider"):
        services.add(VAULT, "other", Kind.PROVIDER_OAUTH, person(provider="acme"))
    assert services.add(VAULT, "acme", Kind.PROVIDER_OAUTH, person(provider="acme"))[1]


def test_a_sync_takes_accounts() -> None:
    def again() -> Synced:
        secrets = [person("planted-1"), person("planted-2")]
        return services.sync(
            VAULT, Source.ENV, "code-assist", kind=Kind.CODE_ASSIST, secrets=secrets
        )

    assert (again(), again()) == (Synced(added=2), Synced(kept=2))


def test_resealing_keeps_the_mark_of_an_account() -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    services.add(Vault([old]), "code-assist", Kind.CODE_ASSIST, person())
    assert services.reseal(Vault([new, old])) == 1
    found = services.find(Vault([new]), "code-assist", person(access_token="planted-later"))
    assert found is not None
    assert sealing.opened(Vault([new]), Kind.CODE_ASSIST, found.sealed) == person()
