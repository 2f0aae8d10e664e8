"""What a lender does, for pages and for the REST API alike: offer, log in, be tested."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from credentials import documents
from credentials import services as credentials
from credentials.documents import Secret
from credentials.issuers import GOOGLE_NAME
from credentials.kinds import Kind, Source
from credentials.lending import invites, offering, terms
from credentials.lending import rules as ruling
from credentials.lending.offering import House, Loan
from credentials.lending.rules import Openness, Refused, Rules, Why
from credentials.lending.states import WrongState
from credentials.lending.terms import Consent
from credentials.lending.wording import Language
from credentials.models import Contribution
from credentials.oauth import device, flow
from credentials.oauth.desk import Authorised, Desk
from credentials.oauth.device import Shown, Waiting
from credentials.oauth.flow import Begun
from panel import audit, bridge, tending
from panel.pages import site
from panel.pages.lend import draft, ways
from panel.pages.lend.browser import Browser
from panel.pages.lend.ways import Method, Way

log = logging.getLogger("potluck.panel")

_TEST = 45.0
"""Seconds: a renewal and a call can take so long."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a lender wrote. `terms` is the version that they have read and agreed to."""

    way: Way
    terms: str
    language: Language
    name: str = ""
    contact: str = ""
    day_cap: int = 0
    invite: str = ""
    reward_key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution that was offered and, if possible, tested. `path` is its receipt."""

    contribution: Contribution
    path: str


@dataclass(frozen=True, slots=True)
class Added:
    """An account that the administrator has added. `works`: None, nobody could tell yet."""

    credential_id: int
    works: bool | None
    words: str


def rules() -> Rules:
    return ruling.rules(settings.POTLUCK)


def offers() -> list[Way]:
    """What may be lent at this moment."""
    held = rules()
    if held.open is Openness.OFF:
        return []
    return [way for way in ways.every(tending.issuers()) if way.kind in held.kinds]


def language() -> Language:
    """In which the reader reads the terms."""
    return Language.ZH if (get_language() or "").startswith("zh") else Language.EN


def desk() -> Desk:
    """Raises bridge.NotRunning."""
    gateway = bridge.current()
    return Desk(tending.issuers(), tending.vault(), gateway.web, gateway.wait, timezone.now)


def house() -> House:
    return House(tending.vault(), tending.issuers(), settings.POTLUCK_PEPPER)


def receipt(token: str) -> str:
    return f"/auth/receipt/{token}"


def check(said: Said) -> Consent:
    """Before anybody is sent anywhere. Raises Refused."""
    held, now = rules(), timezone.now()
    if held.open is Openness.OFF:
        raise Refused(Why.CLOSED)
    if said.way.kind not in held.kinds:
        raise Refused(Why.KIND)
    consent = Consent(said.terms, said.language, now)
    terms.agreed(consent, said.way.kind, held.extra)
    offering.capped(said.day_cap)
    pepper = settings.POTLUCK_PEPPER
    if held.open is Openness.INVITE and not invites.valid(said.invite, pepper, now):
        raise Refused(Why.INVITE)
    return consent


def lend(request: HttpRequest, said: Said, secret: str) -> Given:
    """A key, or the text of a service account's file. Raises Refused."""
    consent = check(said)
    loan = Loan(
        kind=said.way.kind,
        secret=_read(said.way, secret),
        provider=said.way.provider,
        name=said.name,
        contact=said.contact,
        day_cap=said.day_cap,
        invite=said.invite,
        reward_key_id=said.reward_key_id,
    )
    row, path = _offer(request, loan, consent)
    return Given(test(request, row), path)


def depart(request: HttpRequest, browser: Browser, said: Said) -> Begun | Shown:
    """To the provider. Raises Refused, FlowError, bridge.NotRunning."""
    consent = check(said)
    purpose = draft.write(consent, said.day_cap, said.reward_key_id)
    return begin(request, browser, said.way, purpose)


def begin(request: HttpRequest, browser: Browser, way: Way, purpose: str) -> Begun | Shown:
    """Raises FlowError, bridge.NotRunning."""
    if way.method is Method.DEVICE:
        return device.start(desk(), way.service, browser.session, purpose=purpose)
    base = site.address(request)
    return flow.begin(desk(), way.service, browser.session, base=base, purpose=purpose)


def arrive(request: HttpRequest, browser: Browser, address: str) -> Given | Added:
    """The browser is back, or somebody has copied where it ended. Raises FlowError, Refused,
    bridge.NotRunning."""
    keeper = _Keeper(request, browser)
    flow.finish(desk(), browser.session, address, keep=keeper)
    return keeper.end()


def poll(request: HttpRequest, browser: Browser, id: str) -> Given | Added | Waiting:
    """Of a code that is typed in elsewhere. Raises as `arrive` does."""
    keeper = _Keeper(request, browser)
    found = device.poll(desk(), browser.session, id, keep=keeper)
    return found if isinstance(found, Waiting) else keeper.end()


def test(request: HttpRequest, row: Contribution) -> Contribution:
    """A real call. Where none can be made it stays TESTING, for another try."""
    works, words = _asked(row.credential_id)
    try:
        row = offering.tested(row.pk, works, words, rules(), now=timezone.now())
    except WrongState:
        return Contribution.objects.get(pk=row.pk)  # Somebody has tested it at the same moment.
    audit.note(request, "contribution.test", str(row), after={"state": row.state})
    return row


class _Keeper:
    """Stores the account at the end of a flow, whatever it was begun for."""

    def __init__(self, request: HttpRequest, browser: Browser) -> None:
        self._request = request
        self._browser = browser
        self._given: tuple[Contribution, str] | None = None
        self._added = 0

    def __call__(self, found: Authorised) -> int:
        """The credential's id. Raises Refused."""
        google = found.provider == GOOGLE_NAME
        kind = Kind.CODE_ASSIST if google else Kind.PROVIDER_OAUTH
        provider = credentials.HOMES[kind] if google else found.provider
        noted = draft.read(found.purpose)
        if noted is None:
            self._added = _add(self._request, provider, kind, found.document)
            return self._added
        loan = Loan(
            kind=kind,
            secret=found.document,
            provider=provider,
            name=self._browser.name,
            contact=self._browser.contact,
            day_cap=noted.day_cap,
            invite=self._browser.invite,
            reward_key_id=noted.reward_key_id,
        )
        self._given = _offer(self._request, loan, noted.consent)
        return self._given[0].credential_id

    def end(self) -> Given | Added:
        """After the flow: a call with what was stored."""
        if self._given is None:
            return Added(self._added, *_asked(self._added))
        row, path = self._given
        return Given(test(self._request, row), path)


def _offer(request: HttpRequest, loan: Loan, consent: Consent) -> tuple[Contribution, str]:
    with transaction.atomic():
        row, token = offering.offer(house(), loan, consent, rules(), now=timezone.now())
        after = {"kind": loan.kind.value, "provider": loan.provider, "terms": consent.version}
        audit.note(request, "contribution.offer", str(row), after=after)
    return row, receipt(token)


def _add(request: HttpRequest, provider: str, kind: Kind, document: Secret) -> int:
    with transaction.atomic():
        row, new = credentials.add(tending.vault(), provider, kind, document, source=Source.MANUAL)
        if not new:
            raise Refused(Why.KNOWN)
        after = {"provider": provider, "kind": kind.value, "label": row.label}
        # Only the console begins such a flow; its cookie does not come along from another site.
        name = f"credential {row.pk}"
        audit.note(request, "credential.add", name, after=after, by="administrator")
    return row.pk


def _asked(credential_id: int) -> tuple[bool | None, str]:
    """What a call says of it, and in which words."""
    try:
        gateway = bridge.current()
        result = gateway.wait(gateway.probes.test(credential_id), _TEST)
    except (bridge.NotRunning, TimeoutError):
        return None, ""
    except LookupError:
        log.warning("Credential %s could not be tested: it cannot be opened.", credential_id)
        return None, ""
    return offering.judge(result), result.said


def _read(way: Way, secret: str) -> Secret:
    """Raises Refused."""
    if way.method is not Method.FILE:
        return secret
    try:
        return documents.parse(msgspec.json.decode(secret, type=dict[str, object]))
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        raise Refused(Why.SECRET) from None
    except ValueError as error:
        raise Refused(Why.SECRET, str(error)) from None
