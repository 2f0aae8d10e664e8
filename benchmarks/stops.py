"""Every page of the console, with the ways of asking for it that cost most. Pure."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode


class Stop(NamedTuple):
    """A page: `route` is its name in `panel/pages/urls.py`. Of a download the first piece counts; a
    `stranger` is not logged in."""

    route: str
    address: str
    title: str = ""
    stranger: bool = False

    @property
    def name(self) -> str:
        return f"{self.route} {self.title}".strip()


class Found(NamedTuple):
    """What the seeded database has to show. `deep` is a cursor in the middle of the request log."""

    key: int
    credential: int
    label: str
    request: str
    deep: str


_LOG = "/panel/requests"
_KEYS = "/api-key-admin"

_RARE = {
    "status that nothing has": {"status": "418"},
    "code that nothing has": {"code": "shutting_down"},
    "model that nobody asks for": {"model": "no-such-model"},
    "provider and status": {"provider": "deepseek", "status": "5xx"},
    "address of nobody": {"address": "203.0.113."},
    "slower than a minute": {"slow": "60"},
    "dropped by nobody": {"dropped": "1", "provider": "no-such"},
    "not answered": {"status": "failed"},
    "30 days": {"range": "30d"},
    "30 days and rare": {"range": "30d", "code": "shutting_down", "stream": "yes"},
}


def stops(found: Found) -> list[Stop]:
    """All that answers GET, each with something to show."""
    return [*_plain(), *_keys(found), *_log(found), *_pool(found), *_history()]


def _plain() -> list[Stop]:
    return [
        Stop("landing", "/"),
        *(Stop("overview", f"/panel?span={span}", span) for span in ("24h", "7d", "30d")),
        Stop("login", "/login", stranger=True),
        Stop("login-code", "/login/code", stranger=True),
        Stop("query", "/api-key-query"),
        Stop("gift", "/key/no-such-token"),
        Stop("security", "/panel/security"),
        Stop("log", "/panel/log"),
        Stop("models", "/panel/models"),
        Stop("playground", "/panel/playground"),
    ]


def _keys(found: Found) -> list[Stop]:
    one = f"{_KEYS}/{found.key}"
    return [
        Stop("keys", _KEYS),
        *(Stop("keys", f"{_KEYS}?sort={sort}", sort) for sort in ("left", "used", "expiry")),
        Stop("keys", f"{_KEYS}?state=unused&sort=used", "unused"),
        Stop("keys", f"{_KEYS}?q=Ada", "search"),
        Stop("keys", f"{_KEYS}?q=nobody+at+all", "search in vain"),
        Stop("key-new", f"{_KEYS}/new"),
        Stop("costs", f"{_KEYS}/costs"),
        Stop("key", one),
        Stop("key-edit", f"{one}/edit"),
        Stop("key-delete", f"{one}/delete"),
    ]


def _log(found: Found) -> list[Stop]:
    narrowed = {
        **_RARE,
        "one key": {"key": str(found.key)},
        "one key and rare": {"key": str(found.key), "code": "shutting_down"},
        "keys of a name": {"key": "Ada"},
        "one credential": {"credential": str(found.credential)},
        "credentials of a name": {"credential": found.label},
        "far back": {"after": found.deep},
        "far back and rare": {"after": found.deep, "status": "418"},
        "one request": {"request": found.request},
    }
    return [
        Stop("requests", _LOG),
        *(Stop("requests", f"{_LOG}?{urlencode(words)}", name) for name, words in narrowed.items()),
        Stop("requests-export", f"{_LOG}/export?range=1h", "first piece"),
        Stop("requests-export", f"{_LOG}/export?range=24h&status=418", "rare, first piece"),
        Stop("request", f"{_LOG}/{quote(found.request)}"),
    ]


def _pool(found: Found) -> list[Stop]:
    one = f"/panel/credentials/{found.credential}"
    return [
        Stop("credentials", "/panel/credentials"),
        Stop("credentials", "/panel/credentials?q=member", "search"),
        Stop("credentials-new", "/panel/credentials/new"),
        Stop("credential", one),
        Stop("credential-edit", f"{one}/edit"),
        Stop("credential-delete", f"{one}/delete"),
        Stop("contribute", "/auth"),
        Stop("contributions", "/panel/contributions"),
        Stop("contributions-login", "/panel/contributions/login"),
        Stop("invites", "/panel/contributions/invites"),
    ]


def _history() -> list[Stop]:
    return [
        Stop("settings", "/panel/settings"),
        Stop("settings-history", "/panel/settings/history"),
        Stop("audit", "/panel/audit"),
        Stop("audit", "/panel/audit?q=nothing", "search in vain"),
        Stop("audit-export", "/panel/audit/export", "first piece"),
    ]
