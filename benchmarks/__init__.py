"""How fast the gateway is, and which budgets it keeps: `python -m benchmarks`."""
