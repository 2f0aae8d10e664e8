"""The Gemini API, as its service speaks it."""
