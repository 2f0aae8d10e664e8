"""`python -m gateway.simulator`: the simulated upstream in a process of its own."""

from __future__ import annotations

from gateway.simulator.server import main

if __name__ == "__main__":
    main()
