"""Accounts in environment variables: `GCLI_CREDS_1`, `GCLI_CREDS_name` and `GOOGLE_CREDENTIALS`.

Each is the JSON of an account, or that in base64. They are stored with the source `env`: loading
them again changes nothing; one whose variable is gone is disabled, and comes back with it; one
that a person disabled stays so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from django.db.models import QuerySet

from credentials import documents, graves, sealing, services
from credentials.documents import Document, OAuthAccount
from credentials.importers import BadFile, Entry, Remark, blob, dotenv, jsonfile
from credentials.intake import said
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.models import Credential
from credentials.sealing import ACCOUNTS
from credentials.services import Synced
from credentials.vault import Vault

log = logging.getLogger("potluck.credentials")

_DELETED = "It was deleted in the console, and stays so until the variable is gone for one start."


class Variable(msgspec.Struct, frozen=True):
    """`accounts` are in it, `loaded` of them are stored now, enabled or not. `error` is a sentence
    when nothing in it can be used, or one of the accounts cannot."""

    name: str
    accounts: int = 0
    loaded: int = 0
    error: str = ""


class Status(msgspec.Struct, frozen=True):
    """`stored` counts the credentials that variables brought, also those whose variable is gone."""

    variables: tuple[Variable, ...]
    stored: int

    @property
    def loaded(self) -> int:
        return sum(variable.loaded for variable in self.variables)

    @property
    def broken(self) -> tuple[Variable, ...]:
        return tuple(variable for variable in self.variables if variable.error)


class Loaded(msgspec.Struct, frozen=True):
    """What `load` did, as `services.Synced`; `broken` are the variables with an error."""

    synced: Synced
    broken: tuple[Variable, ...]


class _Read(NamedTuple):
    name: str
    documents: tuple[Document, ...]
    error: str = ""


def named(environ: Mapping[str, str] | None = None) -> list[str]:
    """The variables that are set."""
    found = os.environ if environ is None else environ
    return sorted(name for name in found if dotenv.ACCOUNT.fullmatch(name) and found[name].strip())


def status(vault: Vault, issuers: Issuers, environ: Mapping[str, str] | None = None) -> Status:
    """What is named, what of it is stored, and what is broken. No secret."""
    variables = tuple(
        Variable(
            read.name,
            len(read.documents),
            sum(_known(vault, each) for each in read.documents),
            read.error or _deleted(vault, read.documents),
        )
        for read in _all(issuers, environ)
    )
    return Status(variables, _rows().count())


def load(vault: Vault, issuers: Issuers, environ: Mapping[str, str] | None = None) -> Loaded:
    """Makes the stored accounts of the environment those that it names now."""
    read = list(_all(issuers, environ))
    wanted: dict[tuple[str, Kind], list[Document]] = {
        (provider, Kind(kind)): []
        for provider, kind in (_rows() | _buried()).values_list("provider", "kind")
    }
    for document in (each for variable in read for each in variable.documents):
        wanted.setdefault((_home(document), documents.kind(document)), []).append(document)
    done = [
        services.sync(vault, Source.ENV, provider, kind=kind, secrets=found)
        for (provider, kind), found in wanted.items()
    ]
    synced = Synced(
        added=sum(each.added for each in done),
        enabled=sum(each.enabled for each in done),
        disabled=sum(each.disabled for each in done),
        kept=sum(each.kept for each in done),
    )
    broken = tuple(Variable(each.name, len(each.documents), 0, each.error) for each in read)
    return Loaded(synced, tuple(variable for variable in broken if variable.error))


def clear() -> int:
    """Removes what variables brought, with the secrets; how many. Loading brings it again."""
    done = services.remove(_rows().values_list("pk", flat=True))
    graves.lift(Source.ENV, ACCOUNTS)
    return done


def provide(
    vault: Vault, issuers: Issuers, environ: Mapping[str, str] | None = None, *, auto: bool
) -> None:
    """At the start. `auto` is AUTO_LOAD_ENV_CREDS; without it nothing is changed."""
    if not auto:
        return
    for variable in load(vault, issuers, environ).broken:
        log.warning("%s is not loaded: %s", variable.name, variable.error)


def _all(issuers: Issuers, environ: Mapping[str, str] | None) -> Iterator[_Read]:
    found = os.environ if environ is None else environ
    for name in named(found):
        yield _read(name, found[name], issuers)


def _read(name: str, value: str, issuers: Issuers) -> _Read:
    try:
        pieces = jsonfile.pieces(blob.decode(value))
    except BadFile as error:
        return _Read(name, (), said(error.remark))
    admitted: list[Document] = []
    why: list[Remark] = []
    for piece in pieces:
        try:
            admitted.append(_admitted(piece, issuers))
        except BadFile as error:
            why.append(error.remark)
        except ValueError as error:
            why.append(Remark(str(error)))
    return _Read(name, tuple(admitted), said(why[0]) if why else "")


def _admitted(piece: Entry | Remark, issuers: Issuers) -> Document:
    if isinstance(piece, Remark):
        raise BadFile(piece)
    if isinstance(piece.secret, str):
        raise BadFile("It holds an API key, not an account: use GEMINI_API_KEYS.")
    document = issuers.admit(piece.secret)
    sealing.item(documents.kind(document), document)
    return document


def _home(document: Document) -> str:
    theirs = document.provider if isinstance(document, OAuthAccount) else ""
    return theirs or services.HOMES[documents.kind(document)]


def _known(vault: Vault, document: Document) -> bool:
    return services.find(vault, _home(document), document) is not None


def _deleted(vault: Vault, found: Iterable[Document]) -> str:
    """A sentence if a person deleted one of them."""
    dead = (
        graves.holds(vault, Source.ENV, _home(each), sealing.mark(each))
        for each in found
        if not _known(vault, each)
    )
    return _DELETED if any(dead) else ""


def _rows() -> QuerySet[Credential]:
    return _ours().filter(deleted_at=None)


def _buried() -> QuerySet[Credential]:
    return _ours().filter(buried__isnull=False)


def _ours() -> QuerySet[Credential]:
    """Keys of GEMINI_API_KEYS and the like have other kinds."""
    kinds = [kind.value for kind in ACCOUNTS]
    return Credential.objects.filter(source=Source.ENV, kind__in=kinds)
