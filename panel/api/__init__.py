"""The REST API of the console: keys, quotas, costs, and what a key's holder may ask."""
