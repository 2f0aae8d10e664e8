"""Several commands in one process, which saves their starts: `python -m tests.acceptance.hand`.

The environment names the gateway, as for `manage.py`, whose command lines are read as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway.settings")
    for words in json.load(sys.stdin):
        # What a command refuses ends it, and only it.
        with suppress(SystemExit):
            execute_from_command_line(["manage.py", *words])
