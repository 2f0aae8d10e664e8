"""From files that somebody brings to stored credentials, with a result for each file.

What is known already stays as it is, so the same files may be brought again. A bad entry stops
neither its file nor the others. No result quotes a secret.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from django.db import transaction
from django.utils.translation import gettext
from msgspec.structs import replace

from credentials import archive, documents, importers, services, usage
from credentials.documents import OAuthAccount
from credentials.importers import BadFile, Entry, Remark, described, values
from credentials.importers.described import Service
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.vault import Vault

HOMES: Mapping[Kind, str] = {
    **services.HOMES,
    Kind.OPENAI: "openai",
    Kind.ANTHROPIC: "anthropic",
}
"""The pools that are built in."""

_KINDS = {home: kind for kind, home in HOMES.items()}
_EXTRA = ("location",)
_BATCH = 100
"""Entries of a transaction: nobody waits long for the database meanwhile."""


class FileResult(msgspec.Struct, frozen=True):
    """`added` and `known` count credentials; `ids` are of those that were added. `error` is a
    sentence when nothing could be imported, `notes` are what was left out."""

    name: str
    added: int = 0
    known: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""
    ids: tuple[int, ...] = ()
    services: tuple[Service, ...] = ()


class Terms(NamedTuple):
    """What whoever brings the files says of them. `configured`: the names in `[[providers]]`."""

    provider: str = ""
    base_url: str = ""
    source: Source = Source.IMPORT
    configured: Collection[str] = ()


def take(
    vault: Vault,
    issuers: Issuers,
    files: Iterable[tuple[str, bytes]],
    *,
    provider: str = "",
    base_url: str = "",
    source: Source = Source.IMPORT,
    configured: Collection[str] = (),
) -> list[FileResult]:
    """Files by name; a ZIP file gives a result for each file in it."""
    terms = Terms(provider.strip().lower(), base_url, source, configured)
    return list(results(vault, issuers, files, terms))


def results(
    vault: Vault, issuers: Issuers, files: Iterable[tuple[str, bytes]], terms: Terms
) -> Iterator[FileResult]:
    """The same one by one, each stored before it is given."""
    for name, data in files:
        try:
            members = _members(name, data)
        except BadFile as error:
            yield FileResult(_shown(name), error=said(error.remark))
            continue
        for member in members:
            yield _file(vault, issuers, member, terms)


def said(remark: Remark) -> str:
    """In the language of whoever reads it."""
    told = {
        name: said(value) if isinstance(value, Remark) else value
        for name, value in remark.values.items()
    }
    text = gettext(remark.text)
    return text % told if told else text


def _members(name: str, data: bytes) -> list[archive.Member]:
    if not archive.claims(data):
        return [archive.Member(name, data)]
    found = archive.unpack(data)
    if not found:
        raise BadFile("The ZIP file is empty.")
    return [archive.Member(f"{name}/{member.name}", member.data) for member in found]


def _file(vault: Vault, issuers: Issuers, file: archive.Member, terms: Terms) -> FileResult:
    name = _shown(file.name)
    try:
        found = _found(file)
    except BadFile as error:
        return FileResult(name, error=said(error.remark))
    added, known, wrong = _stored(vault, issuers, found.entries, terms)
    notes = [*wrong, *found.notes]
    if not added and not known:
        return FileResult(name, error=said(notes[0]), notes=tuple(map(said, notes[1:])))
    named = described.services(found.entries, terms.provider, terms.base_url)
    notes += described.reminders(found.entries, named, terms.configured)
    told = tuple(map(said, notes))
    return FileResult(name, len(added), known, told, ids=tuple(added), services=named)


def _found(file: archive.Member) -> importers.Found:
    if archive.packed(file.data):
        raise BadFile("An archive is not opened here: unpack it, and bring what is in it.")
    return importers.read(file.name, file.data)


def _stored(
    vault: Vault, issuers: Issuers, entries: Iterable[Entry], terms: Terms
) -> tuple[list[int], int, list[Remark]]:
    """The ids of the new ones, how many were known, and why others were not stored."""
    added: list[int] = []
    known, wrong = 0, list[Remark]()
    numbered = enumerate(entries, 1)
    while batch := list(itertools.islice(numbered, _BATCH)):
        with transaction.atomic():
            for number, entry in batch:
                try:
                    id = _add(vault, issuers, entry, terms)
                except ValueError as error:
                    wrong.append(_why(number, error))
                    continue
                known += id is None
                added += [] if id is None else [id]
    return added, known, wrong


def _add(vault: Vault, issuers: Issuers, entry: Entry, terms: Terms) -> int | None:
    """The id, or None when it is known. Raises ValueError before anything is written."""
    entry = _placed(_admitted(issuers, entry, terms.provider), terms.provider)
    # A file does not say where the tokens of an account are sent.
    theirs = entry.base_url if isinstance(entry.secret, str) else ""
    base, proxy = values.url(terms.base_url or theirs), values.proxy(entry.proxy)
    row, new = services.add(
        vault,
        entry.provider,
        entry.kind or Kind.OPENAI_COMPATIBLE,
        entry.secret,
        label=_label(entry),
        base_url=base,
        extra={name: entry.extra[name] for name in _EXTRA if name in entry.extra},
        source=terms.source,
        weight=entry.weight,
    )
    if not new:
        return None
    if proxy:
        usage.via(vault, [row.pk], proxy)
    if entry.caps:
        usage.limit([row.pk], entry.caps)
    if not entry.enabled:
        services.disable([row.pk])
    return row.pk


def _admitted(issuers: Issuers, entry: Entry, provider: str) -> Entry:
    """By the configured issuers; an OAuth account may be said to be of a registered provider."""
    document = entry.secret
    if isinstance(document, str):
        return entry
    if isinstance(document, OAuthAccount) and provider in issuers.providers:
        document = replace(document, provider=provider)
    document = issuers.admit(document)
    return replace(entry, secret=document, kind=documents.kind(document))


def _placed(entry: Entry, wish: str) -> Entry:
    """Where the person wants it, or where the file says, or at the home of its kind."""
    own = entry.secret.provider if isinstance(entry.secret, OAuthAccount) else ""
    said = entry.provider or own or HOMES.get(entry.kind or Kind.GEMINI_API, "")
    target = wish or said or services.GEMINI
    kind = entry.kind or _KINDS.get(target, Kind.OPENAI_COMPATIBLE)
    if kind is Kind.OPENAI and target not in _KINDS:
        kind = Kind.OPENAI_COMPATIBLE
    # Google's keys are taken from no one else's word than their file's.
    if not _fits(kind, target) or (entry.kind in services.HOMES and target != said):
        raise _Misplaced(target)
    return replace(entry, provider=target, kind=kind)


def _fits(kind: Kind, target: str) -> bool:
    """A pool that is built in has one kind, and the accounts of Google have one pool."""
    if kind in (Kind.VERTEX, Kind.CODE_ASSIST):
        return target == HOMES[kind]
    return _KINDS.get(target, kind) is kind


class _Misplaced(ValueError):
    def __init__(self, target: str) -> None:
        super().__init__("What the file holds cannot be used as that provider.")
        self.remark = Remark("It cannot be used as `%(provider)s`.", {"provider": target})


def _why(number: int, error: ValueError) -> Remark:
    if isinstance(error, UnicodeError):  # its text quotes
        why = Remark("It has characters that it cannot have.")
    else:
        why = error.remark if isinstance(error, _Misplaced) else Remark(str(error))
    return Remark("Credential %(number)d: %(why)s", {"number": number, "why": why})


def _label(entry: Entry) -> str:
    """Somebody may have pasted a key for a name."""
    secret = entry.secret
    if isinstance(secret, str) and secret in entry.label:
        return ""
    return values.label(entry.label)


def _shown(name: str) -> str:
    return values.label(name) or gettext("(no name)")
