"""What a lender agrees to, in the words of each language. Content, not translations. Pure.

A changed word is a new version of the terms: people who lent before it agreed to the old one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple


class Language(enum.StrEnum):
    """Values are Django's codes."""

    ZH = "zh-hans"
    EN = "en"


class Risk(enum.StrEnum):
    """What lending may cost, by what is lent."""

    KEY = "key"
    """A key that a service made for programs."""
    ROBOT = "robot"
    """A service account of a cloud project."""
    ACCOUNT = "account"
    """A person's own account."""


class Words(NamedTuple):
    """`label` is the risk in a few words; the others are paragraphs."""

    label: str
    cost: tuple[str, ...]
    back: tuple[str, ...]


USE: Mapping[Language, tuple[str, ...]] = {
    Language.ZH: (
        "你借出的 key 或账号会放进共享池，只用来回答本站成员的模型请求。",
        "这些请求以你的名义发给服务商：服务商会看到内容，并记在你的账号下。",
        "管理员能看到它的状态、用量和出错信息。key 和令牌加密保存，不会显示给任何人。",
    ),
    Language.EN: (
        "Your key or account joins a shared pool. It is used to answer the model requests of this "
        "site's members, and for nothing else.",
        "Those requests go out in your name: the provider sees what they say and counts them as "
        "yours.",
        "The administrator sees its state, how much it is used and what goes wrong. Keys and "
        "tokens are stored encrypted and are shown to nobody.",
    ),
}

_BACK_ZH = (
    "你会拿到一个回执链接，凭它随时可以暂停或收回，不用登录，也不用问谁。"
    "链接只显示一次，请收好，别给别人看。",
    "一收回，这里存的就立刻删除。正在回答的请求可能还会答完；"
    "加密的备份里可能还留着一份，到备份过期为止。",
)
_BACK_EN = (
    "You get a receipt, which is a link. With it you can pause or withdraw at any time, without a "
    "login and without asking anybody. It is shown once: keep it, and keep it to yourself.",
    "When you withdraw, what is stored here is deleted at once. Answers that are under way may "
    "still be finished, and encrypted backups may hold a copy until they expire.",
)

TEXTS: Mapping[Risk, Mapping[Language, Words]] = {
    Risk.KEY: {
        Language.ZH: Words(
            "官方 API key：先看服务商的条款",
            (
                "用量都算在你头上：占用你的额度，付费账号会产生费用。"
                "请在服务商那里设好预算，在这里设好每天的次数上限。",
                "只能借你自己的 key。有的服务商不许和别人共用 key，违反了可能被限制或停用。"
                "条款各不相同，也会变，出借前请自己看一遍。",
            ),
            (
                *_BACK_ZH,
                "key 本身只有你能作废：收回之后，请到服务商后台把它删掉。回执丢了也这样做。",
            ),
        ),
        Language.EN: Words(
            "Official API key: check the vendor's terms",
            (
                "All use is yours: it takes from your quota, and on a paid account it costs you "
                "money. Set a budget at the vendor and a daily cap here.",
                "Lend only a key of your own. Some vendors do not allow a key to be shared, and "
                "may limit or close an account for it. Their terms differ and change: read them "
                "before you lend.",
            ),
            (
                *_BACK_EN,
                "Only you can make the key itself void: after you withdraw, delete it at the "
                "vendor. Do the same if you lose the receipt.",
            ),
        ),
    },
    Risk.ROBOT: {
        Language.ZH: Words(
            "云服务账号：费用记在你的项目上",
            (
                "每次调用都记在你的云项目账单上。请先设好预算提醒，再在这里设好每天的次数上限。",
                "这个文件能做的事，取决于你给它的权限。请新建一个只能调用模型的服务账号，"
                "别用有其他权限的。",
                "服务商的条款不一定允许替别人调用，违反了项目可能被停用。出借前请自己看一遍。",
            ),
            (
                *_BACK_ZH,
                "密钥文件只有你能作废：收回之后，请到云控制台把这把密钥删掉。回执丢了也这样做。",
            ),
        ),
        Language.EN: Words(
            "Service account: your project pays",
            (
                "Every call goes on the bill of your cloud project. Set a budget alert first, and "
                "a daily cap here.",
                "The file can do whatever its account may do. Make a new service account that may "
                "call models and nothing else.",
                "The vendor's terms may not allow calls for others, and a project may be closed "
                "for it. Read them before you lend.",
            ),
            (
                *_BACK_EN,
                "Only you can make the file void: after you withdraw, delete its key in the cloud "
                "console. Do the same if you lose the receipt.",
            ),
        ),
    },
    Risk.ACCOUNT: {
        Language.ZH: Words(
            "个人账号：可能被封",
            (
                "有的服务商禁止通过第三方软件使用个人账号，也不许和别人共用。"
                "账号可能被限制，甚至被封，连同里面的邮件、文件和别的服务。",
                "只借丢了也不心疼的账号，别借你离不开的。",
                "用量算在你头上，你自己能用的会变少。可以在这里设每天的次数上限。",
            ),
            (
                *_BACK_ZH,
                "收回时还会请服务商吊销授权。万一没成功，回执上会写明，并告诉你怎么自己吊销。"
                "回执丢了，也可以在服务商的账号设置里直接吊销。",
            ),
        ),
        Language.EN: Words(
            "Personal account: it may be banned",
            (
                "Some vendors forbid personal accounts to be used through third-party software, or "
                "to be shared. The account may be limited or even closed, with its mail, files and "
                "other services.",
                "Lend only an account that you can afford to lose, not one you depend on.",
                "All use is yours, so less is left for you. You can set a daily cap here.",
            ),
            (
                *_BACK_EN,
                "The provider is then asked to revoke the access, too. If that fails, the receipt "
                "says so and tells you how to do it yourself. If you lose the receipt, revoke the "
                "access in the account's settings at the provider.",
            ),
        ),
    },
}
