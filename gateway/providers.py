"""The `[[providers]]` of the TOML file: upstreams by name. Pure."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from credentials.issuers import GOOGLE_NAME, Auth, Risk
from gateway.kinds import Choice, Flag, Kind, Token, Url, Value
from gateway.setting import ConfigError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_ADDRESSES = (
    "token_url",
    "authorize_url",
    "device_url",
    "revoke_url",
    "userinfo_url",
    "redirect_uri",
    "issuer",
)
_OURS = frozenset(
    {"response_type", "response_mode", "client_id", "client_secret", "redirect_uri"}
    | {"scope", "state", "code_challenge", "code_challenge_method"}
)
# The name is the first segment of `/{provider}/v1/…` and of `provider/model`: it must not be a
# path that is, or will be, something else, nor the name of a built-in pool.
RESERVED = frozenset(
    {"anthropic", "anti-truncation", "api", "api-key-admin", "api-key-query", "auth", "config"}
    | {
        "creds",
        "fake-stream",
        "gemini",
        "gemini_cli",
        "media",
        "models",
        "openai",
        "panel",
        "static",
    }
    | {"usage", "v1", "v1beta", "v1internal", "xai"}
)


class ProviderKind(enum.StrEnum):
    """What the service speaks."""

    OPENAI = "openai"
    OPENAI_RESPONSES = "openai-responses"
    OPENAI_COMPLETIONS = "openai-completions"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """`name` is what the provider calls it, `alias` what clients ask for."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthConfig:
    """The operator's own OAuth client at a service whose accounts are lent to the gateway.

    The fields are those of `credentials.issuers.Issuer`; addresses are kept as they are written,
    because a slash at the end may matter.
    """

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    authorize_url: str = ""
    device_url: str = ""
    revoke_url: str = ""
    userinfo_url: str = ""
    scopes: tuple[str, ...] = ()
    pkce: bool = True
    redirect_uri: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    issuer: str = ""
    auth: Auth = Auth.POST
    risk: Risk = Risk.CONSUMER


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """`base_url` as the provider's documentation gives it, usually ending in `/v1`.

    Without `models` the provider is addressed as `name/model`.
    """

    name: str
    base_url: str
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    models: tuple[ModelConfig, ...] = ()
    kind: ProviderKind = ProviderKind.OPENAI
    oauth: OAuthConfig | None = None


def parse(raw: object) -> tuple[ProviderConfig, ...]:
    """The value of `providers` in the TOML file; raises ConfigError that names the entry."""
    found = [_provider(entry, number) for number, entry in enumerate(_tables(raw, "providers"))]
    names = [provider.name for provider in found]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"providers: the name {name!r} is there twice.")
    return tuple(found)


def unknown(key: str, known: Iterable[str], where: str) -> ConfigError:
    """An entry that nobody reads is most likely a slip of the pen."""
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return ConfigError(f"{where} has an unknown key {key!r}.{hint}")


def _provider(entry: Mapping[str, object], number: int) -> ProviderConfig:
    where = f"providers[{number}]"
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigError(
            f"{where}.name must be 1 to 32 lower-case letters, digits, '-' or '_', "
            "and begin with a letter or digit."
        )
    if name in RESERVED:
        raise ConfigError(f"{where}.name must not be {name!r}: that word has a meaning here.")
    where = f"{where} ({name})"
    _only(entry, ("name", "kind", "base_url", "api_keys", "models", "oauth"), where)
    models = [_model(each, where) for each in _tables(entry.get("models", []), f"{where}.models")]
    _unambiguous(models, where)
    kind, url, secrets = _kind(entry, where), _url(entry, where), _keys(entry, where)
    return ProviderConfig(name, url, secrets, tuple(models), kind, _oauth(entry, where))


def _oauth(entry: Mapping[str, object], where: str) -> OAuthConfig | None:
    raw = entry.get("oauth")
    if raw is None:
        return None
    where = f"{where}.oauth"
    if not isinstance(raw, dict):
        raise ConfigError(f"{where} must be a table.")
    if entry.get("name") == GOOGLE_NAME:
        raise ConfigError(f"{where}: {GOOGLE_NAME!r} means Google's own accounts; rename this one.")
    _only(raw, tuple(each.name for each in fields(OAuthConfig)), where)
    client, hidden = raw.get("client_id"), raw.get("client_secret", "")
    if not raw.get("token_url") or not client:
        raise ConfigError(f"{where} needs a token_url and a client_id.")
    if not all(isinstance(text, str) and text.isprintable() for text in (client, hidden)):
        raise ConfigError(f"{where}: client_id and client_secret must be printable text.")
    return OAuthConfig(
        client_id=client,
        client_secret=hidden,
        scopes=_scopes(raw, where),
        parameters=_parameters(raw, where),
        pkce=_one(raw, "pkce", Flag(), True, where),
        auth=_one(raw, "auth", Choice(Auth), Auth.POST, where),
        risk=_one(raw, "risk", Choice(Risk), Risk.CONSUMER, where),
        **{name: _exact(raw, name, where) for name in _ADDRESSES},
    )


def _exact(raw: Mapping[str, object], name: str, where: str) -> str:
    """An address as it was written; "" where there is none."""
    value = raw.get(name, "")
    if value != "":
        _url(raw, where, name)
    return str(value)


def _one(
    raw: Mapping[str, object], name: str, kind: Kind[Value], default: Value, where: str
) -> Value:
    try:
        return kind.parse(raw[name]) if name in raw else default
    except ValueError:
        raise ConfigError(f"{where}.{name} must be {kind.expects}.") from None


def _scopes(raw: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = raw.get("scopes", [])
    each = value.split() if isinstance(value, str) else value
    try:
        if isinstance(each, list):
            return tuple(dict.fromkeys(map(Token().parse, each)))
    except ValueError:
        pass
    raise ConfigError(f"{where}.scopes must be a list of words.")


def _parameters(raw: Mapping[str, object], where: str) -> Mapping[str, str]:
    """More for the consent page's address; never what the flow itself says there."""
    value = raw.get("parameters", {})
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ConfigError(f"{where}.parameters must be a table of texts.")
    for name in value:
        if name in _OURS:
            raise ConfigError(f"{where}.parameters must not have {name!r}: the gateway sets it.")
    return dict(value)


def _kind(entry: Mapping[str, object], where: str) -> ProviderKind:
    try:
        return ProviderKind(str(entry.get("kind", ProviderKind.OPENAI)))
    except ValueError:
        known = " or ".join(f"{kind.value!r}" for kind in ProviderKind)
        raise ConfigError(f"{where}.kind must be {known}.") from None


def _model(entry: Mapping[str, object], where: str) -> ModelConfig:
    where = f"{where}.models"
    _only(entry, ("name", "alias"), where)
    name = entry.get("name")
    alias = entry.get("alias", name)
    if not isinstance(name, str) or not name or not isinstance(alias, str) or not alias:
        raise ConfigError(f"{where} needs a name (text), and an alias, if given, as text.")
    return ModelConfig(name, alias)


def _unambiguous(models: Iterable[ModelConfig], where: str) -> None:
    aliases = [model.alias for model in models]
    for alias in aliases:
        if aliases.count(alias) > 1:
            raise ConfigError(f"{where}.models has {alias!r} twice.")


def _url(entry: Mapping[str, object], where: str, field: str = "base_url") -> str:
    kind = Url()
    try:
        return kind.parse(entry.get(field))
    except ValueError:
        raise ConfigError(f"{where}.{field} must be {kind.expects}.") from None


def _keys(entry: Mapping[str, object], where: str) -> tuple[str, ...]:
    raw = entry.get("api_keys", [])
    # The value itself never goes into the sentence: it is, or was meant to be, a secret.
    if not isinstance(raw, list):
        raise ConfigError(f"{where}.api_keys must be a list of texts.")
    try:
        return tuple(dict.fromkeys(map(Token().parse, raw)))
    except ValueError:
        raise ConfigError(f"{where}.api_keys: each must be {Token().expects}.") from None


def _only(entry: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in entry:
        if key not in known:
            raise unknown(key, known, where)


def _tables(raw: object, where: str) -> list[Mapping[str, object]]:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise ConfigError(f"{where} must be a list of tables.")
    return raw
