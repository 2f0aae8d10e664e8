"""Potluck: settings, ASGI entry, commands. Knows every other package; none knows it."""

__version__ = "0.1.0"
