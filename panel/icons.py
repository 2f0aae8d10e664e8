"""The pictures of the pages: 24 by 24, lines only, drawn in the colour of the text."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_PATHS = {
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="m11.2 11.8 8.3-8.3M16 7l3 3"/>',
    "costs": '<path d="M5 4h14v16l-3-2-2 2-2-2-2 2-2-2-3 2z"/><path d="M9 9h6M9 13h6"/>',
    "query": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "leave": '<path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "copy": '<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V4H4v12h4"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "bowl": '<path d="M3 11h18a9 9 0 0 1-6 8.5V21H9v-1.5A9 9 0 0 1 3 11z"/>'
    '<path d="M8 3q2 2 0 5M12 3q2 2 0 5M16 3q2 2 0 5"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1"/>'
    '<path d="M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1"/>',
    "save": '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
}

_SHAPES = {
    "active": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "low": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor"/>',
    "spent": '<rect x="1" y="1" width="10" height="10" rx="1" fill="currentColor"/>',
    "expired": '<path d="M6 .5 11.5 6 6 11.5.5 6z" fill="currentColor"/>',
    "off": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
}


def icon(name: str) -> SafeString:
    """Raises KeyError for a picture that there is not."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        mark_safe(_PATHS[name]),  # noqa: S308 - a constant of this module
    )


def shape(state: str) -> SafeString:
    """The shape of a state; its word stands beside it."""
    return format_html(
        '<svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>',
        mark_safe(_SHAPES[state]),  # noqa: S308 - a constant of this module
    )
