"""Credentials as files, and back."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from credentials import documents, export, intake, sealing, services, usage
from credentials.caps import Caps
from credentials.documents import Secret
from credentials.issuers import Issuer, Issuers
from credentials.kinds import Kind, Source
from credentials.models import Credential
from credentials.vault import Vault, VaultError
from tests.credentials.fakes import NOW, VAULT, person, robot

pytestmark = pytest.mark.django_db

ISSUERS = Issuers(providers={"acme": Issuer(token_url="https://acme.example/t", client_id="id")})
FULL = person(
    access_token="planted-access",
    expires_at=datetime(2026, 7, 1, tzinfo=UTC),
    scopes=("a", "b"),
    project="my-project",
    email="alice@example.com",
)
ALL: tuple[tuple[str, Kind, Secret], ...] = (
    ("gemini", Kind.GEMINI_API, "planted-gemini"),
    ("vertex", Kind.VERTEX, robot()),
    ("vertex", Kind.VERTEX, "planted-express"),
    ("code-assist", Kind.CODE_ASSIST, FULL),
    ("anthropic", Kind.ANTHROPIC, "planted-anthropic"),
    ("openai", Kind.OPENAI, "planted-openai"),
    ("openrouter", Kind.OPENAI_COMPATIBLE, "planted-router"),
    ("mirror", Kind.GEMINI_API, "planted-mirror"),
    ("acme", Kind.PROVIDER_OAUTH, person("planted-acme", provider="acme")),
)


def add(provider: str, kind: Kind, secret: Secret, **fields: object) -> Credential:
    row, new = services.add(VAULT, provider, kind, secret)
    assert new
    Credential.objects.filter(pk=row.pk).update(**fields)
    return row


def secrets() -> dict[tuple[str, str], Secret]:
    rows = Credential.objects.filter(deleted_at=None)
    return {
        (row.provider, row.label): sealing.opened(VAULT, Kind(row.kind), row.sealed) for row in rows
    }


def decoded(row: Credential) -> dict[str, object]:
    found: dict[str, object] = json.loads(export.one(VAULT, row.pk)[1])
    return found


def test_what_is_exported_comes_back_as_it_was() -> None:
    for provider, kind, secret in ALL:
        add(provider, kind, secret, label=f"{provider} {kind}")
    before = secrets()
    packed = b"".join(export.all(VAULT))
    services.remove(Credential.objects.values_list("pk", flat=True))
    results = intake.take(VAULT, ISSUERS, [("all.zip", packed)])
    assert [result.error for result in results] == [""] * len(ALL)
    assert secrets() == before


def test_it_is_known_again_also_after_its_token_was_rotated() -> None:
    rotated = documents.renewed(FULL, "planted-a", NOW, "planted-next")
    row = add("code-assist", Kind.CODE_ASSIST, rotated)
    (result,) = intake.take(VAULT, ISSUERS, [export.one(VAULT, row.pk)])
    assert (result.added, result.known) == (0, 1)


def test_what_belongs_to_it_comes_back_too() -> None:
    row = add("vertex", Kind.VERTEX, robot(), weight=7, label="mine", extra={"location": "eu"})
    usage.limit([row.pk], Caps(1, 2, 3))
    usage.via(VAULT, [row.pk], "http://user:planted@p.example:1")
    services.disable([row.pk])
    file = export.one(VAULT, row.pk)
    services.remove([row.pk])
    intake.take(VAULT, ISSUERS, [file])
    back = Credential.objects.get(deleted_at=None)
    assert (back.weight, back.label, back.enabled) == (7, "mine", False)
    assert (back.minute_cap, back.day_cap, back.pro_cap) == (1, 2, 3)
    assert back.extra["location"] == "eu"
    assert VAULT.open(back.sealed_proxy.encode()) == "http://user:planted@p.example:1"


def test_gcloud_and_the_gemini_cli_find_what_they_look_for() -> None:
    data = decoded(add("code-assist", Kind.CODE_ASSIST, FULL))
    assert {"type", "client_id", "client_secret", "refresh_token"} <= data.keys()
    assert data["type"] == "authorized_user"
    cli = {"access_token", "refresh_token", "scope", "token_type", "expiry_date"}
    assert cli <= data.keys()
    assert (data["scope"], data["expiry_date"]) == ("a b", 1_782_864_000_000)
    gateways = {"client_id", "access_token", "scopes", "token_uri", "project_id", "expiry"}
    assert gateways <= data.keys()


def test_the_cloud_s_libraries_find_what_they_look_for() -> None:
    data = decoded(add("vertex", Kind.VERTEX, robot()))
    wanted = {"type", "project_id", "private_key_id", "private_key", "client_email", "token_uri"}
    assert wanted <= data.keys()
    assert data["type"] == "service_account"


def test_the_operator_s_client_is_not_exported() -> None:
    row = add("code-assist", Kind.CODE_ASSIST, person(client_id="", client_secret=""))
    assert not {"client_id", "client_secret"} & decoded(row).keys()


def test_a_name_holds_no_more_than_id_provider_and_kind() -> None:
    row = add("code-assist", Kind.CODE_ASSIST, FULL, label="alice@example.com")
    name = f"{row.pk}-code-assist-code_assist.json"
    assert export.one(VAULT, row.pk)[0] == name
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export.all(VAULT))))
    assert archive.namelist() == [name]


def test_a_zip_comes_in_pieces() -> None:
    for number in range(3):
        add("gemini", Kind.GEMINI_API, f"planted-{number}")
    assert [bool(piece) for piece in export.all(VAULT)] == [True] * 4


def test_only_those_that_are_wanted() -> None:
    rows = [add("gemini", Kind.GEMINI_API, f"planted-{number}") for number in range(3)]
    wanted = [rows[0].pk, rows[2].pk, 999]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export.all(VAULT, wanted))))
    assert [name.split("-")[0] for name in archive.namelist()] == [f"{rows[0].pk}", f"{rows[2].pk}"]
    assert (export.count(wanted), export.count(), export.count([])) == (2, 3, 0)


def test_a_removed_one_is_not_there() -> None:
    row = add("gemini", Kind.GEMINI_API, "planted")
    services.remove([row.pk])
    with pytest.raises(Credential.DoesNotExist):
        export.one(VAULT, row.pk)
    assert export.count() == 0


def test_one_that_cannot_be_opened_does_not_stop_the_others() -> None:
    lost, _ = services.add(Vault([Fernet.generate_key()]), "gemini", Kind.GEMINI_API, "planted-1")
    kept = add("gemini", Kind.GEMINI_API, "planted-2")
    with pytest.raises(VaultError):
        export.one(VAULT, lost.pk)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export.all(VAULT))))
    assert archive.namelist() == [export.name(kept), export.MANIFEST]
    assert archive.read(export.MANIFEST).decode().startswith(f"{export.name(lost)}: A sealed")


def test_a_contributed_one_stays_here() -> None:
    lent = add("gemini", Kind.GEMINI_API, "planted-1", source=Source.CONTRIBUTED)
    kept = add("gemini", Kind.GEMINI_API, "planted-2")
    with pytest.raises(export.Lent, match="take it back"):
        export.one(VAULT, lent.pk)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export.all(VAULT))))
    assert archive.namelist() == [export.name(kept), export.MANIFEST]
    assert archive.read(export.MANIFEST).decode() == (
        f"{export.name(lent)}: A contributed credential is not exported: its owner may take it "
        "back.\n"
    )
    assert export.count() == 1
