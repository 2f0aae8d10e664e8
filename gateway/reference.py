"""Writes docs/settings.md from the table of settings: `python -m gateway.reference`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway import __version__, spelling
from gateway.config import SETTINGS
from gateway.setting import Setting

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

_HEAD = """\
# Settings · 设置项

<!-- Written by `make docs` from gateway/config.py; edit that. -->

A value comes from the environment, else from what the administrator stored, else from the TOML
file that `POTLUCK_CONFIG` names (same names in lower case), else it is the default. An empty
environment variable counts as not set. A value that cannot be used stops the start with one
sentence that names the variable.

取值顺序：环境变量 > 已保存的设置 > `POTLUCK_CONFIG` 指向的 TOML 文件（名称小写）> 默认值。
空的环境变量视为未设置。取值有误时启动会中止，并用一句话指出是哪个变量。

Marks · 标记：🔒 secret, from environment or file only, never shown (机密，只能来自环境变量或
文件，绝不显示)；↻ takes effect at once when changed in the console (在控制台修改后立即生效).

| Name · 名称 | Value · 取值 | Default · 默认值 | What it does · 说明 |
|---|---|---|---|
"""

_PROVIDERS = """
## `[[providers]]`

Further upstreams, in the TOML file only, by the API that they speak: OpenAI's Chat (the default),
OpenAI's Responses, Anthropic's, or Gemini's. Clients ask for an `alias`, for `name/model`, or
under `/name/v1`. A service that wants no key still needs one here: any text.

其他上游，只能写在 TOML 文件里，按所用的 API 分类：OpenAI Chat（默认）、OpenAI Responses、
Anthropic 或 Gemini。客户端用 `alias`、`name/model` 或 `/name/v1` 路径来调用。
不需要 key 的服务也要随便填一个。

```toml
[[providers]]
name = "example"                       # a-z, 0-9, "-", "_"
# or "openai-responses", "openai-completions" (legacy), "anthropic", "gemini"
kind = "openai"
base_url = "https://api.example.com/v1"
api_keys = ["…"]
models = [{ name = "big-model-2026", alias = "big" }]   # alias: optional

[providers.oauth]                      # for lent accounts; only the first two are needed
token_url = "https://login.example.com/token"
client_id = "…"
client_secret = "…"
authorize_url = "https://login.example.com/authorize"   # consent page …
device_url = "https://login.example.com/device"         # … or a code to type in, or both
revoke_url = "https://login.example.com/revoke"
userinfo_url = "https://login.example.com/userinfo"
scopes = ["openid", "email", "offline_access"]
issuer = "https://login.example.com"   # if its answers name it (RFC 9207), they must name this
auth = "post"                          # or "basic": how the client shows its secret
pkce = true
parameters = { audience = "models" }   # more for the consent page
redirect_uri = "http://localhost:8085/callback"   # if not HOST_URL/auth/callback: to be pasted
risk = "consumer"                      # or "official"; contributors are told
```
"""


def render() -> str:
    """The whole page, in Markdown."""
    return _HEAD + "".join(map(_row, SETTINGS)) + _PROVIDERS


def _row(setting: Setting) -> str:
    names = [f"`{name}`" for name in (setting.name, *setting.aliases)]
    marks = ("🔒" if setting.is_secret else "") + ("↻" if setting.hot else "")
    name = " ".join(filter(None, [names[0], marks]))
    if others := ", ".join(names[1:]):
        name += f"<br>also · 也可写作 {others}"
    default = f"`{text}`" if (text := _shown(setting.default)) else "–"
    return f"| {name} | {setting.kind.expects} | {default} | {setting.en}<br>{setting.zh} |\n"


def _shown(value: Any) -> str:
    return spelling.typed(value).replace(__version__, "<version>")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
