"""The live log: the last lines of this process in memory, and who watches them.

The handler appends to `ring`, whoever looks reads from it: `consumer` (the websocket), the page
and the REST API. Nothing here waits for a viewer, and a viewer that is slow is told how many lines
it missed.
"""
