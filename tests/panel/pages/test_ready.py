from __future__ import annotations

import json
import re
import shlex

from panel.pages.ready import lines

SITE, KEY = "https://potluck.example", "sk-" + "k" * 43


def test_every_line_names_the_site_and_the_key() -> None:
    found = lines(SITE, KEY)
    assert len({line.slug for line in found}) == len(found) == 7
    for line in found:
        assert SITE in line.text
        assert KEY in line.text
        assert line.hint


def test_the_curl_line_can_be_pasted() -> None:
    words = shlex.split(lines(SITE, KEY)[0].text.replace("\\\n", " "))
    assert words[:2] == ["curl", f"{SITE}/v1/chat/completions"]
    assert json.loads(words[-1])["model"]


def test_the_python_line_is_python() -> None:
    (line,) = [each for each in lines(SITE, KEY) if each.slug == "openai"]
    compile(line.text, "line", "exec")


def test_base_addresses_are_what_each_tool_expects() -> None:
    texts = {line.slug: line.text for line in lines(SITE, KEY)}
    assert re.search(rf"ANTHROPIC_BASE_URL={SITE}$", texts["claude"], re.MULTILINE)
    assert re.search(rf"GOOGLE_GEMINI_BASE_URL={SITE}$", texts["gemini"], re.MULTILINE)
    assert f'base_url="{SITE}/v1"' in texts["codex"]
