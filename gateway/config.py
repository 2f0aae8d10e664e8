"""The table of settings, and how its four sources become one frozen `Config`. Pure.

Environment > stored setting > TOML file > default. What reads the sources is in `sources.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gateway import __version__, kinds, providers
from gateway.providers import ProviderConfig
from gateway.setting import Setting, setting


class Source(enum.StrEnum):
    ENVIRONMENT = "environment"
    STORED = "stored"
    FILE = "file"
    DEFAULT = "default"


class LogLevel(enum.StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting with its value; a field's name in capitals is the setting's name."""

    host: str = setting(
        kinds.Text(1),
        "127.0.0.1",
        "Address to listen on. `0.0.0.0` lets other machines in.",
        "监听地址。设为 `0.0.0.0` 后其他机器才能访问。",
        storable=False,
    )
    port: int = setting(
        kinds.Integer(0, 65_535),
        7861,
        "Port to listen on; 0 takes a free one.",
        "监听端口；0 表示任选一个空闲端口。",
        storable=False,
    )
    workers: int = setting(
        kinds.Integer(1, 64),
        1,
        "Server processes. They share the port and the database.",
        "服务进程数，共用同一端口和数据库。",
        storable=False,
    )
    data_dir: Path = setting(
        kinds.File(),
        Path("data"),
        "Folder of all state: SQLite database and key files. By default beside `manage.py`.",
        "存放全部数据的目录：SQLite 数据库和密钥文件。默认在 `manage.py` 旁边。",
        storable=False,
    )
    database_url: str = setting(
        kinds.Database(),
        "",
        "PostgreSQL or MySQL/MariaDB instead of SQLite in `DATA_DIR`.",
        "改用 PostgreSQL 或 MySQL/MariaDB；不设则使用 `DATA_DIR` 里的 SQLite。",
        aliases=("POSTGRES_DSN",),
        is_secret=True,
    )
    potluck_config: Path | None = setting(
        kinds.File(),
        None,
        "TOML file with settings (names in lower case) and `[[providers]]`.",
        "TOML 配置文件：设置项（名称小写）和 `[[providers]]`。",
        storable=False,
    )
    potluck_secret_key: tuple[str, ...] = setting(
        kinds.Many(kinds.secret(32), "texts of at least 32 characters, separated by commas"),
        (),
        "Encrypts stored credentials. The first seals, the others still open. Without it a key "
        "file in `DATA_DIR` is made. Several hosts need the same value.",
        "用于加密已保存的凭证：第一个负责加密，其余仍可解密。不设则在 `DATA_DIR` 生成密钥文件。"
        "多台主机必须相同。",
        is_secret=True,
    )
    panel_password: str = setting(
        kinds.secret(8),
        "",
        "Password of the administrator. Without it one is generated at the first start and "
        "printed once.",
        "管理员密码。不设则首次启动时随机生成，只显示一次。",
        aliases=("PASSWORD",),
        is_secret=True,
    )
    gemini_api_keys: tuple[str, ...] = setting(
        kinds.Many(kinds.Token(), "API keys in ASCII, separated by commas"),
        (),
        "Gemini API keys to serve with, separated by commas.",
        "用来提供服务的 Gemini API key，逗号分隔。",
        is_secret=True,
    )
    gemini_base_url: str = setting(
        kinds.Url(),
        "https://generativelanguage.googleapis.com",
        "Where the Gemini API is.",
        "Gemini API 的地址。",
        aliases=("PROXY_URL",),
    )
    calls_per_rotation: int = setting(
        kinds.Integer(1, 1_000_000),
        1,
        "Calls in a row with one credential before the next one's turn.",
        "同一凭证连续使用多少次后换下一个。",
        hot=True,
    )
    auto_ban: bool = setting(
        kinds.Flag(),
        True,
        "Ban a credential that its service keeps refusing.",
        "上游一再拒绝的凭证自动封禁。",
        hot=True,
    )
    auto_ban_error_codes: tuple[int, ...] = setting(
        kinds.Many(kinds.Integer(400, 599), "HTTP status codes, separated by commas"),
        (401, 403),
        "Status codes that count as a refusal of the credential.",
        "哪些状态码算作凭证被拒。",
        hot=True,
    )
    auto_ban_strikes: int = setting(
        kinds.Integer(1, 100),
        3,
        "Refusals in a row until a credential is banned.",
        "连续被拒多少次后封禁。",
        hot=True,
    )
    retry_429_enabled: bool = setting(
        kinds.Flag(),
        True,
        "Try another credential when one is refused, limited or fails before the answer begins.",
        "回答开始之前，凭证被拒、限流或出错时换一个凭证重试。",
        hot=True,
    )
    retry_429_max_retries: int = setting(
        kinds.Integer(0, 50),
        5,
        "How many more credentials are tried for one request.",
        "一次请求最多再试多少个凭证。",
        hot=True,
    )
    request_deadline: float = setting(
        kinds.Seconds(1, 3_600),
        300.0,
        "Seconds until the first byte of the answer, all attempts together.",
        "到回答的第一个字节为止最多等多少秒（所有重试合计）。",
        hot=True,
    )
    connect_timeout: float = setting(
        kinds.Seconds(0.1, 300),
        10.0,
        "Seconds to connect to an upstream.",
        "连接上游最多等多少秒。",
    )
    upstream_idle_timeout: float = setting(
        kinds.Seconds(1, 3_600),
        300.0,
        "Seconds that an upstream may be silent within an answer.",
        "回答过程中上游最多可沉默多少秒。",
    )
    keepalive_interval: float = setting(
        kinds.Seconds(0.01, 3_600),
        15.0,
        "Seconds of silence after which a waiting client's stream gets a sign of life.",
        "流式回答沉默多少秒后给客户端发一次保活。",
        hot=True,
    )
    max_body_bytes: int = setting(
        kinds.Integer(1_024, 2**31),
        64 * 2**20,
        "Largest request body, in bytes.",
        "请求体的最大字节数。",
        hot=True,
    )
    shutdown_grace: float = setting(
        kinds.Seconds(0, 3_600),
        30.0,
        "Seconds that running answers get to end when the server stops.",
        "停止服务时，给进行中的回答留多少秒。",
    )
    log_level: LogLevel = setting(
        kinds.Choice(LogLevel),
        LogLevel.INFO,
        "Least severe level that is logged.",
        "记录的最低日志级别。",
    )
    log_file: Path | None = setting(
        kinds.File(),
        None,
        "Log to this file (mode 0600) too.",
        "同时写入此日志文件（权限 0600）。",
    )
    trusted_proxies: tuple[kinds.Network, ...] = setting(
        kinds.Many(kinds.Range(), "IP addresses or CIDR ranges, separated by commas"),
        (),
        "Reverse proxies whose `X-Forwarded-For` is believed.",
        "信任哪些反向代理的 `X-Forwarded-For`。",
        storable=False,
    )
    return_thoughts_to_frontend: bool = setting(
        kinds.Flag(),
        True,
        "Pass a model's thoughts on to clients of another dialect.",
        "把模型的思考内容转给使用其他方言的客户端。",
        hot=True,
    )
    user_agent: str = setting(
        kinds.Text(1),
        f"potluck/{__version__}",
        "What the gateway calls itself at upstreams.",
        "网关访问上游时的 User-Agent。",
    )
    request_log_days: int = setting(
        kinds.Integer(1, 3_650),
        30,
        "Days that request records are kept.",
        "请求记录保留多少天。",
        hot=True,
    )

    providers: tuple[ProviderConfig, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False, compare=False)

    def source(self, name: str) -> Source:
        """Where the value of the setting `name` ("PORT") comes from."""
        return self.sources.get(name, Source.DEFAULT)


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name=each.name.upper(), default=each.default, **each.metadata["setting"])
    for each in fields(Config)
    if "setting" in each.metadata
)
BY_NAME: Mapping[str, Setting] = {each.name: each for each in SETTINGS}


def load(
    environ: Mapping[str, str], stored: Mapping[str, object], toml: Mapping[str, object]
) -> Config:
    """Raises ConfigError with one sentence for the first value that cannot be used.

    An empty environment variable counts as not set, as container files like to pass them.
    """
    _known(toml)
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for each in SETTINGS:
        if (found := _find(each, environ, stored, toml)) is not None:
            sources[each.name], values[each.name.lower()] = found
    return Config(
        **values,
        providers=providers.parse(toml.get("providers", [])),
        sources=MappingProxyType(sources),
    )


def _find(
    each: Setting,
    environ: Mapping[str, str],
    stored: Mapping[str, object],
    toml: Mapping[str, object],
) -> tuple[Source, Any] | None:
    names = (each.name, *each.aliases)
    for name in names:
        if text := environ.get(name, "").strip():
            return Source.ENVIRONMENT, each.parse(text, name, "(environment)")
    if each.storable and each.name in stored:
        return Source.STORED, each.parse(stored[each.name], each.name, "(stored setting)")
    for name in names:
        if name.lower() in toml:
            raw = toml[name.lower()]
            return Source.FILE, each.parse(raw, name.lower(), "(configuration file)")
    return None


def _known(toml: Mapping[str, object]) -> None:
    names = {name.lower() for each in SETTINGS for name in (each.name, *each.aliases)}
    known = names - {"potluck_config"} | {"providers"}
    for key in toml:
        if key not in known:
            raise providers.unknown(key, known, "The configuration file")
