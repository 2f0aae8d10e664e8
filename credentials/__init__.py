"""Upstream credentials: encrypted at rest, their health, and the pool that lends them."""
