"""Settings of the limits on keys and addresses. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import kinds
from gateway.setting import setting


@dataclass(frozen=True, kw_only=True)
class Limiting:
    """A key's own limits are its attributes."""

    redis_url: str = setting(
        kinds.Redis(),
        "",
        "Redis that several processes or hosts share, so that their limits hold together.",
        "多个进程或主机共用的 Redis，使限制合并计算。",
        aliases=("REDIS_URI",),
        is_secret=True,
    )
    redis_database: int | None = setting(
        kinds.Integer(0, 1_000),
        None,
        "Number of its database, if the URL names none.",
        "Redis 数据库编号（URL 里没写时有效）。",
        storable=False,
    )
    api_password: str = setting(
        kinds.secret(8),
        "",
        "One password that a trusted group may use in place of a key. Off without it.",
        "可信群体共用的一个密码，可代替 key 使用。不设则关闭。",
        is_secret=True,
    )
    max_requests_per_minute: int = setting(
        kinds.Integer(1, 1_000_000),
        30,
        "Requests a minute of one address: of the public pages, and, once set, of the model API.",
        "单个地址每分钟的请求数：默认只限公开页面，设置后也限模型 API。",
        hot=True,
    )
    max_requests_per_day_per_ip: int | None = setting(
        kinds.Integer(1, 100_000_000),
        None,
        "The same for a day.",
        "单个地址每天的请求数。",
        hot=True,
    )
    whitelist_ips: tuple[kinds.Network, ...] = setting(
        kinds.Many(kinds.Range(), "IP addresses or CIDR ranges, separated by commas"),
        (),
        "Addresses that are never limited.",
        "不受限制的地址。",
        hot=True,
    )
    queue_seconds: float = setting(
        kinds.Seconds(0.1, 600),
        30.0,
        "How long a call waits for a free place of its key.",
        "并发已满时，请求最多排队多少秒。",
        hot=True,
    )
    sharing_addresses: int = setting(
        kinds.Integer(1, 10_000),
        8,
        "From how many addresses a key may be used in an hour before it is flagged as shared.",
        "一个 key 一小时内从多少个地址使用后，标记为疑似共享。",
    )
    time_zone: str = setting(
        kinds.Zone(),
        "UTC",
        "Where the days of new keys begin, unless they say it: `Asia/Shanghai`.",
        "新建 key 的每日额度默认按哪个时区计算，如 `Asia/Shanghai`。",
        hot=True,
    )
