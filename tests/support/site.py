"""The gateway's own Django settings and a browser at its pages, as fixtures."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

NOT_OURS = frozenset({"DATABASES", "LOGGING", "DEFAULT_AUTO_FIELD"})
"""What stays as the tests have it."""


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`gateway/settings.py` as an operator without any variable set would have it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data")))
        module = importlib.import_module("gateway.settings")
    return {name: value for name, value in vars(module).items() if name.isupper()}


@pytest.fixture
def site(real_settings: dict[str, Any]) -> Iterator[Client]:
    """A browser at the gateway's pages; the database stays that of the tests."""
    ours = {name: value for name, value in real_settings.items() if name not in NOT_OURS}
    with override_settings(**ours):
        yield Client(raise_request_exception=False)
