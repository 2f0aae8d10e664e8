"""Settings of the server itself: where it listens, what it keeps, what it logs. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from gateway import kinds
from gateway.setting import setting


class LogLevel(enum.StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Nothing of it is read on the request path."""

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
        hot=True,
    )
    log_file: Path | None = setting(
        kinds.File(),
        None,
        "Log to this file (mode 0600) too.",
        "同时写入此日志文件（权限 0600）。",
        storable=False,
    )
    trusted_proxies: tuple[kinds.Network, ...] = setting(
        kinds.Many(kinds.Range(), "IP addresses or CIDR ranges, separated by commas"),
        (),
        "Reverse proxies whose `X-Forwarded-For` is believed.",
        "信任哪些反向代理的 `X-Forwarded-For`。",
        storable=False,
    )
    request_log_days: int = setting(
        kinds.Integer(1, 3_650),
        30,
        "Days that request records are kept.",
        "请求记录保留多少天。",
        hot=True,
    )
    usage_hour_days: int = setting(
        kinds.Integer(2, 3_650),
        92,
        "Days that sums by hour are kept, for the overview and the status page, and what keys with "
        "daily allowances used of them.",
        "按小时汇总的用量（概览页和状态页使用）以及密钥每日额度的用量保留多少天。",
        hot=True,
    )
    status_page: bool = setting(
        kinds.Flag(),
        True,
        "`/` shows everybody how well each model answers. Off: it only says how to connect.",
        "首页 `/` 公开显示各模型的成功率和首字延迟。关闭后只显示接入方法。",
        hot=True,
    )
