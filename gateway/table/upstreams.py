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
    auto_load_env_creds: bool = setting(
        kinds.Flag(),
        False,
        "At the start, take the accounts that `GCLI_CREDS_*` and `GOOGLE_CREDENTIALS` hold (JSON, "
        "or JSON in base64) into the pool; those that are no longer named are disabled.",
        "启动时把 `GCLI_CREDS_*` 与 `GOOGLE_CREDENTIALS` 里的账号（JSON，或其 base64）载入凭证池；"
        "不再出现的会停用。",
    )
    gemini_base_url: str = setting(
        kinds.Url(),
        "https://generativelanguage.googleapis.com",
        "Where the Gemini API is.",
        "Gemini API 的地址。",
        aliases=("PROXY_URL",),
        hot=True,
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
        hot=True,
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
        hot=True,
    )
    vertex_base_url: str = setting(
        kinds.Url(),
        "https://aiplatform.googleapis.com",
        "Where Vertex AI is; a region's own host is derived from it.",
        "Vertex AI 的地址；各区域的主机名由此得出。",
        hot=True,
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
    googleapis_proxy_url: str = setting(
        kinds.Url(),
        "https://www.googleapis.com",
        "Where Google says whose account it is (`/oauth2/v2/userinfo`).",
        "查询 Google 账号信息的地址（`/oauth2/v2/userinfo`）。",
        storable=False,
    )
    google_accounts_url: str = setting(
        kinds.Url(),
        "https://accounts.google.com",
        "Where Google's consent page is; the contributor's browser opens it.",
        "Google 授权页面的地址，由贡献者的浏览器打开。",
        storable=False,
    )
    google_oauth_redirect_uri: str = setting(
        kinds.Url(),
        "",
        "Where Google's consent page sends the browser, if not to `HOST_URL/auth/callback`: as "
        "`http://localhost:8085/callback` for a client of the type Desktop. The address that the "
        "browser ends on is then copied by hand.",
        "Google 授权后浏览器跳转的地址，默认是 `HOST_URL/auth/callback`。桌面类型的客户端可填 "
        "`http://localhost:8085/callback`，此时需手动复制浏览器最后停留的网址。",
        storable=False,
    )
    xai_passthrough: bool = setting(
        kinds.Flag(),
        False,
        "Serve `/xai/v1/…` to anyone with an xAI key of their own; the gateway only passes it on.",
        "开放 `/xai/v1/…`：任何人可用自己的 xAI key 调用，网关只负责转发。",
        hot=True,
    )
    xai_base_url: str = setting(
        kinds.Url(),
        "https://api.x.ai",
        "Where xAI's API is.",
        "xAI API 的地址。",
        hot=True,
    )
