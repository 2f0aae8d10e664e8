"""Credentials that people lend to the pool, on stated terms, and may take back at any time."""
