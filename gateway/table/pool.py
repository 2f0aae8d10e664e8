"""Settings of the credential pool and of patience with upstreams. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from credentials.orders import Strategy
from gateway import __version__, kinds
from gateway.setting import setting


@dataclass(frozen=True, kw_only=True)
class Pooling:
    """How credentials take turns, and what happens when one fails."""

    calls_per_rotation: int = setting(
        kinds.Integer(1, 1_000_000),
        1,
        "Calls in a row with one credential before the next one's turn.",
        "同一凭证连续使用多少次后换下一个。",
        hot=True,
    )
    selection_strategy: Strategy = setting(
        kinds.Choice(Strategy),
        Strategy.ROTATION,
        "How the next credential is chosen.",
        "如何选择下一个凭证。",
        hot=True,
    )
    session_affinity_seconds: float = setting(
        kinds.Seconds(0, 86_400),
        3_600.0,
        "Seconds that a conversation stays with its credential; 0 turns it off.",
        "同一会话固定使用同一凭证的秒数，0 为关闭。",
        hot=True,
    )
    pro_models: tuple[str, ...] = setting(
        kinds.Many(kinds.Token(), "names or globs, separated by commas"),
        ("*-pro", "*-pro-*"),
        "Models that a credential's daily cap for Pro counts.",
        "计入凭证 Pro 每日上限的模型。",
        hot=True,
    )
    quota_reset_time: time = setting(
        kinds.Clock(),
        time.min,
        "When the daily counts of credentials begin anew, as `07:00`. A change counts from the "
        "next day on.",
        "凭证每日计数何时重置，如 `07:00`。修改从下一天起生效。",
        hot=True,
    )
    quota_reset_zone: str = setting(
        kinds.Zone(),
        "America/Los_Angeles",
        "In which time zone.",
        "上述时间所在的时区。",
        hot=True,
    )
    proxy: str = setting(
        kinds.Proxy(),
        "",
        "Outbound proxy for upstreams: an http://, https:// or socks5:// URL.",
        "访问上游用的代理：http://、https:// 或 socks5:// 地址。",
        is_secret=True,
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
    retry_429_interval: float = setting(
        kinds.Seconds(0, 60),
        0.0,
        "Seconds to wait before another credential is tried. REQUEST_DEADLINE goes on meanwhile.",
        "换下一个凭证之前等多少秒；期间 REQUEST_DEADLINE 照常计时。",
        hot=True,
    )
    quota_fallback: tuple[tuple[str, str], ...] = setting(
        kinds.Many(kinds.Pair(), "pairs as model=other, separated by commas"),
        (),
        "What is asked when every credential is out of quota for a model: "
        "`gemini-2.5-pro=gemini-2.5-flash`. The left may be a glob; `preview` on the right means "
        "the model's preview, or the model of a preview. Off if empty. Answer, header "
        "`x-potluck-model` and records tell the real model; the call costs what the cheaper of "
        "both does. A key with a list of models must have the other one in it, too.",
        "某个模型的所有凭证都用完额度时改用哪个模型：`gemini-2.5-pro=gemini-2.5-flash`。"
        "左边可用通配符；右边写 `preview` 表示它的预览版（预览版则为正式版）。空为关闭。"
        "回答、响应头 `x-potluck-model` 和请求记录都会写明真实模型，按两者中较便宜的计费。"
        "限定了模型的密钥，也须允许另一个模型。",
        hot=True,
    )
    probe_credentials: bool = setting(
        kinds.Flag(),
        True,
        "Ask banned and refused credentials now and then, with a call for a token, whether they "
        "work again.",
        "不时用一次极小的调用检查已封禁或被拒的凭证是否恢复。",
        hot=True,
    )
    probe_models: tuple[tuple[str, str], ...] = setting(
        kinds.Many(kinds.Pair(), "pairs as provider=model, separated by commas"),
        (),
        "Which model such a call asks for, as `gemini=gemini-2.5-flash-lite`; otherwise a cheap "
        "one that the provider lists.",
        "检查时调用哪个模型，如 `gemini=gemini-2.5-flash-lite`；"
        "不设则从该上游的列表里选一个便宜的。",
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
    user_agent: str = setting(
        kinds.Text(1),
        f"potluck/{__version__}",
        "What the gateway calls itself at upstreams.",
        "网关访问上游时的 User-Agent。",
    )
