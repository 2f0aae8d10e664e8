"""Settings of the built-in upstreams: their keys and where they are. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import kinds
from gateway.setting import setting


@dataclass(frozen=True, kw_only=True)
class Upstreams:
    """Further upstreams are `[[providers]]` of the TOML file."""

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
    openai_api_keys: tuple[str, ...] = setting(
        kinds.Many(kinds.Token(), "API keys in ASCII, separated by commas"),
        (),
        "OpenAI API keys to serve `gpt-*`, `o3` and the like with, separated by commas.",
        "OpenAI API key，用于 `gpt-*`、`o3` 等模型，逗号分隔。",
        is_secret=True,
    )
    openai_base_url: str = setting(
        kinds.Url(),
        "https://api.openai.com/v1",
        "Where OpenAI's API is.",
        "OpenAI API 的地址。",
    )
    anthropic_api_keys: tuple[str, ...] = setting(
        kinds.Many(kinds.Token(), "API keys in ASCII, separated by commas"),
        (),
        "Anthropic API keys to serve `claude-*` with, separated by commas.",
        "Anthropic API key，用于 `claude-*` 模型，逗号分隔。",
        is_secret=True,
    )
    anthropic_base_url: str = setting(
        kinds.Url(),
        "https://api.anthropic.com",
        "Where Anthropic's API is.",
        "Anthropic API 的地址。",
    )
    vertex_base_url: str = setting(
        kinds.Url(),
        "https://aiplatform.googleapis.com",
        "Where Vertex AI is; a region's own host is derived from it.",
        "Vertex AI 的地址；各区域的主机名由此得出。",
    )
    code_assist_endpoint: str = setting(
        kinds.Url(),
        "https://cloudcode-pa.googleapis.com",
        "Where Gemini Code Assist is.",
        "Gemini Code Assist 的地址。",
    )
    google_oauth_client_id: str = setting(
        kinds.Text(),
        "",
        "OAuth client of the operator, for Google accounts. Without it such accounts are off: "
        "using them through third-party software is against Google's terms.",
        "运营者自己的 OAuth 客户端。不设则不能使用 Google 账号；通过第三方软件使用这类账号违反 "
        "Google 的条款。",
        storable=False,
    )
    google_oauth_client_secret: str = setting(
        kinds.Text(),
        "",
        "Secret of that client.",
        "该客户端的密钥。",
        is_secret=True,
    )
    oauth_proxy_url: str = setting(
        kinds.Url(),
        "https://oauth2.googleapis.com",
        "Where Google's token endpoint is.",
        "Google 令牌端点的地址。",
        storable=False,
    )
    xai_passthrough: bool = setting(
        kinds.Flag(),
        False,
        "Serve `/xai/v1/…` to anyone with an xAI key of their own; the gateway only passes it on.",
        "开放 `/xai/v1/…`：任何人可用自己的 xAI key 调用，网关只负责转发。",
    )
    xai_base_url: str = setting(
        kinds.Url(),
        "https://api.x.ai",
        "Where xAI's API is.",
        "xAI API 的地址。",
    )
