"""Imported first: Django as far as the credentials' models need it, without a database."""

from __future__ import annotations

import django
from django.apps import apps
from django.conf import settings

if not apps.ready:
    if not settings.configured:
        settings.configure(INSTALLED_APPS=("credentials",), USE_TZ=True)
    django.setup()

READY = apps.ready
