"""What the first page of a process would have to wait for, loaded before anybody asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import reverse
from django.utils import translation


def pages() -> None:
    """The views and all that they import, templates and translations: half a second of work. To be
    called in a thread; what it has not come to yet, a page loads itself."""
    reverse("landing")
    engine = engines["django"]
    for name in templates():
        engine.get_template(name)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Keys")


def templates() -> Iterator[str]:
    """Names of the pages' templates and their parts."""
    engine = engines["django"]
    folders = engine.template_dirs if isinstance(engine, DjangoTemplates) else ()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.html")):
            yield path.relative_to(folder).as_posix()
