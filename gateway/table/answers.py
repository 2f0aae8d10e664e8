"""Settings of what is asked and answered: model names, thoughts, history, streams. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import aliases, kinds
from gateway.setting import setting
from proxy.shaping import Images as HistoryImages
from proxy.variants import VariantKind


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How the request path treats questions and answers."""

    keepalive_interval: float = setting(
        kinds.Seconds(0.01, 3_600),
        15.0,
        "Seconds of silence after which a waiting client's stream gets a sign of life.",
        "流式回答沉默多少秒后给客户端发一次保活。",
        hot=True,
    )
    return_thoughts_to_frontend: bool = setting(
        kinds.Flag(),
        True,
        "Pass a model's thoughts on to clients of another dialect.",
        "把模型的思考内容转给使用其他方言的客户端。",
        hot=True,
    )
    model_aliases: tuple[tuple[str, str], ...] = setting(
        aliases.Aliases(),
        (),
        "Other names for models: `fast=gemini-2.5-flash`. The answer tells the real model.",
        "模型的别名：`fast=gemini-2.5-flash`。回答里写的是真实模型名。",
        hot=True,
    )
    model_exclude: tuple[str, ...] = setting(
        kinds.Many(kinds.Token(), "names or globs, separated by commas"),
        (),
        "Models that are neither listed nor served: `*-exp*`.",
        "不列出也不提供的模型：`*-exp*`。",
        hot=True,
    )
    model_variants: tuple[VariantKind, ...] = setting(
        kinds.Many(kinds.Choice(VariantKind), "any of " + ", ".join(VariantKind)),
        (),
        "Which variants of a model's name are listed. All of them work, listed or not.",
        "模型列表里显示哪些变体。不管是否列出都能用。",
        hot=True,
    )
    anti_truncation_max_attempts: int = setting(
        kinds.Integer(1, 20),
        3,
        "How often an answer that was cut by its limit goes on (`anti-truncation/` models).",
        "被长度上限截断的回答最多续写几次（`流式抗截断/` 模型）。",
        hot=True,
    )
    compatibility_mode: bool = setting(
        kinds.Flag(),
        False,
        "Send system text as a user's, for models that refuse system text.",
        "把 system 消息当作 user 消息发送，用于不支持 system 的模型。",
        hot=True,
    )
    history_image_submit_type: HistoryImages = setting(
        kinds.Choice(HistoryImages),
        HistoryImages.ALL,
        "Which images of the conversation are sent: all, or the last turn's that has any.",
        "发送对话里的哪些图片：全部，或只发最后一个带图的轮次。",
        hot=True,
    )
    fetch_media: bool = setting(
        kinds.Flag(),
        True,
        "Fetch http(s) media of a request for upstreams that cannot. Public addresses only.",
        "为不能自行下载的上游抓取请求里的 http(s) 媒体，仅限公网地址。",
        hot=True,
    )
    response_store_hours: int = setting(
        kinds.Integer(0, 720),
        24,
        "Hours that answers of `/v1/responses` are kept, sealed, for `previous_response_id`; 0 "
        "keeps none. `store: false` is always honoured.",
        "`/v1/responses` 的回答加密保存多少小时，供 `previous_response_id` 使用；0 表示不保存。"
        "`store: false` 始终有效。",
    )
