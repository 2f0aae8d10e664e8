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
    "overview": '<path d="M4 20V10M10 20V4M16 20v-7M22 20H2"/>',
    "credentials": '<rect x="3" y="5" width="18" height="14" rx="2"/>'
    '<circle cx="8.5" cy="11" r="2"/><path d="M5.5 16q3-3.5 6 0M14 10h4M14 14h4"/>',
    "contributions": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0"/>'
    '<path d="M19 8v6M16 11h6"/>',
    "requests": '<path d="M4 6h16M4 12h16M4 18h10"/>',
    "log": '<rect x="3" y="4" width="18" height="16" rx="2"/><path d="m7 9 3 3-3 3M12.5 15H17"/>',
    "models": '<path d="m12 3 9 4.5-9 4.5-9-4.5z"/>'
    '<path d="m3 12 9 4.5 9-4.5M3 16.5 12 21l9-4.5"/>',
    "playground": '<path d="M4 5h16v11H10l-4 4v-4H4z"/><path d="m10 8 5 2.5-5 2.5z"/>',
    "settings": '<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="2.5"/>'
    '<circle cx="8" cy="17" r="2.5"/>',
    "audit": '<path d="M12 3 4.5 6v5.5c0 4.5 3 8 7.5 9.5 4.5-1.5 7.5-5 7.5-9.5V6z"/>'
    '<path d="m8.5 12 2.5 2.5 4.5-5"/>',
    "reference": '<path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14"/>',
    "more": '<circle cx="5" cy="12" r="1"/><circle cx="12" cy="12" r="1"/>'
    '<circle cx="19" cy="12" r="1"/>',
    "refresh": '<path d="M20 12a8 8 0 1 1-2.5-5.8M20 3v5h-5"/>',
    "pause": '<path d="M9 5v14M15 5v14"/>',
    "play": '<path d="m8 5 11 7-11 7z"/>',
    "upload": '<path d="M12 16V5M7 10l5-5 5 5M5 20h14"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>',
    "warn": '<path d="M12 4 2.5 20h19z"/><path d="M12 10v4M12 17v.2"/>',
    "done": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
}

_PATHS["keys"] = _PATHS["key"]

_SHAPES = {
    "active": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "low": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor"/>',
    "spent": '<rect x="1" y="1" width="10" height="10" rx="1" fill="currentColor"/>',
    "expired": '<path d="M6 .5 11.5 6 6 11.5.5 6z" fill="currentColor"/>',
    "off": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "waiting": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"'
    ' stroke-dasharray="2 2"/>',
}

# What is said of credentials has the shapes of what is said of keys.
_SHAPES |= {
    "healthy": _SHAPES["active"],
    "cooling": _SHAPES["low"],
    "banned": _SHAPES["spent"],
    "disabled": _SHAPES["off"],
    "held": _SHAPES["waiting"],
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
