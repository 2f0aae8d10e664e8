"""Lines that are ready to be pasted into the tools that people have."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

MODEL = "gemini-2.5-flash"


@dataclass(frozen=True, slots=True)
class Line:
    """`name` is a tool; `text` is pasted whole, `hint` says where."""

    slug: str
    name: str
    hint: str
    text: str


def lines(site: str, key: str) -> list[Line]:
    """`site` is the address of this gateway without a slash at its end."""
    terminal = _("In a terminal:")
    return [
        Line("curl", "curl", terminal, _curl(site, key)),
        Line("openai", "OpenAI SDK", _("In Python:"), _python(site, key)),
        Line("claude", "Claude Code", terminal, _claude(site, key)),
        Line("gemini", "Gemini CLI", terminal, _gemini(site, key)),
        Line("codex", "Codex", terminal, _codex(site, key)),
        Line(
            "cherry",
            "Cherry Studio",
            _("Settings → Model providers → Add, type OpenAI:"),
            f"API Key: {key}\nAPI Host: {site}",
        ),
        Line(
            "chatbox",
            "Chatbox",
            _("Settings → Model provider → Add, mode OpenAI API compatible:"),
            f"API Key: {key}\nAPI Host: {site}\nAPI Path: /v1/chat/completions",
        ),
    ]


def _curl(site: str, key: str) -> str:
    body = f'{{"model": "{MODEL}", "messages": [{{"role": "user", "content": "Hello!"}}]}}'
    return (
        f"curl {site}/v1/chat/completions \\\n"
        f"  -H 'Authorization: Bearer {key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'"
    )


def _python(site: str, key: str) -> str:
    return (
        "from openai import OpenAI\n\n"
        f'client = OpenAI(base_url="{site}/v1", api_key="{key}")\n'
        "answer = client.chat.completions.create(\n"
        f'    model="{MODEL}",\n'
        '    messages=[{"role": "user", "content": "Hello!"}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )


def _claude(site: str, key: str) -> str:
    return (
        f"export ANTHROPIC_BASE_URL={site}\n"
        f"export ANTHROPIC_AUTH_TOKEN={key}\n"
        f"claude --model {MODEL}"
    )


def _gemini(site: str, key: str) -> str:
    # Without the setting the CLI takes a base URL for another way of logging in, and stops.
    chosen = '{"security":{"auth":{"selectedType":"gemini-api-key"}}}'
    return (
        f"mkdir -p ~/.gemini && echo '{chosen}' > ~/.gemini/settings.json\n"
        f"export GOOGLE_GEMINI_BASE_URL={site}\n"
        f"export GEMINI_API_KEY={key}\n"
        f"gemini -m {MODEL}"
    )


def _codex(site: str, key: str) -> str:
    provider = f'{{name="Potluck",base_url="{site}/v1",env_key="POTLUCK_KEY",wire_api="responses"}}'
    return (
        f"export POTLUCK_KEY={key}\n"
        "codex -c model_provider=potluck \\\n"
        f"  -c 'model_providers.potluck={provider}' \\\n"
        f"  -m {MODEL}"
    )
