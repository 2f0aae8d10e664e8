"""A stand-in for the real services: it speaks their wire formats and needs no account.

It knows nothing of `proxy/` on purpose: what it sends and what it refuses is an independent
witness of the formats. See docs/simulator.md.
"""
