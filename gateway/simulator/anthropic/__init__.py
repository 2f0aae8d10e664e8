"""Anthropic Messages, as its service speaks it."""
