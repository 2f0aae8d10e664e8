"""Settings of what people lend to the pool. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.kinds import Kind
from credentials.lending.rules import Openness
from credentials.lending.states import Paid
from gateway import kinds
from gateway.setting import setting

_UNITS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Lending:
    """Closed until the operator opens it: who lends bears a risk that the operator has to judge."""

    contributions: Openness = setting(
        kinds.Choice(Openness),
        Openness.OFF,
        "Who may lend credentials on the public page: nobody, everybody, or whoever has an "
        "invite code.",
        "谁可以在公开页面出借凭证：关闭、所有人、或持邀请码的人。",
        hot=True,
    )
    contribution_moderation: bool = setting(
        kinds.Flag(),
        True,
        "What is lent waits until the administrator has approved it.",
        "出借的凭证要等管理员批准后才启用。",
        hot=True,
    )
    contribution_kinds: tuple[Kind, ...] = setting(
        kinds.Many(kinds.Choice(Kind), "kinds of credentials, separated by commas"),
        tuple(kind for kind in Kind if kind is not Kind.VERTEX),
        "Which kinds are accepted. Accounts need an OAuth client that is configured here; lending "
        "one may cost its owner the account, which the page says.",
        "接受哪些种类。账号类需要先在这里配置 OAuth 客户端；出借账号有被封的风险，页面上会写明。",
        hot=True,
    )
    contribution_terms: str = setting(
        kinds.Prose(),
        "",
        "A paragraph of your own at the end of the terms that lenders agree to.",
        "出借条款末尾由你补充的一段话。",
        hot=True,
    )
    contribution_reward: Paid = setting(
        kinds.Choice(Paid),
        Paid.NONE,
        "What earns a lender's key units: nothing, each healthy day, or each served call. A "
        "contribution keeps what it was promised when it was made; `none` ends all rewards.",
        "出借奖励按什么发：不发、每个正常的日子、或每次成功调用。已出借的按出借时的约定发放，"
        "设为 `none` 则全部停发。",
        hot=True,
    )
    contribution_reward_units: int = setting(
        kinds.Integer(1, _UNITS),
        1,
        "Units for each of them.",
        "每次奖励的额度。",
        hot=True,
    )
    contribution_reward_day_cap: int = setting(
        kinds.Integer(0, _UNITS),
        0,
        "The most that one contribution earns in a day; 0: no limit.",
        "单份出借每天最多奖励多少，0 为不限。",
        hot=True,
    )
    contribution_reward_total_cap: int = setting(
        kinds.Integer(0, _UNITS),
        0,
        "The most that one contribution earns in all; 0: no limit.",
        "单份出借累计最多奖励多少，0 为不限。",
        hot=True,
    )
