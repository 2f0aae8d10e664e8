"""What the views of credentials share: their errors, and which credential a name means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from credentials import export
from credentials.editing import Invalid
from credentials.models import Credential
from credentials.vault import VaultError
from panel import bridge
from panel.api.base import View
from panel.api.errors import Conflict, Missing, answer

_NAME = re.compile(r"(\d{1,18})(?:-.*)?", re.ASCII | re.DOTALL)
GONE = "There is no such credential."


class Away(APIException):
    status_code = 503
    default_code = "gateway_not_running"


class Late(APIException):
    status_code = 504
    default_code = "no_answer_in_time"
    default_detail = "Not all of them have answered in time. Ask for fewer at once."


class CredView(View):
    """For the administrator."""

    def get_exception_handler(self) -> Callable[..., Response]:
        return _answer


def _answer(error: Exception, context: Mapping[str, Any]) -> Response:
    return answer(_known(error) or error, context)


def _known(error: Exception) -> Exception | None:
    match error:
        case Credential.DoesNotExist():
            return Missing(GONE)
        case Invalid():
            return ValidationError(error.errors)
        case bridge.NotRunning():
            return Away(str(error))
        case TimeoutError():
            return Late()
        case VaultError():
            return Conflict(str(error), code="sealed")
        case SuspiciousOperation():
            # A multipart body of too many parts; its text quotes nothing of it.
            return ValidationError({"body": [str(error)]})
        case _:
            return None


def identify(text: str) -> int:
    """The id of a credential, from its id or the name of its file. Raises DoesNotExist."""
    (found,) = resolve([text])
    if found is None:
        raise Credential.DoesNotExist
    return found


def resolve(names: Iterable[str]) -> list[int | None]:
    """The same for many with one query; None for a name that is of no credential."""
    wanted = list(names)
    ids = {int(match[1]) for name in wanted if (match := _NAME.fullmatch(name))}
    rows = Credential.objects.filter(pk__in=ids, deleted_at=None).only("provider", "kind")
    known: dict[str, int] = {}
    for row in rows:
        known |= {str(row.pk): row.pk, export.name(row): row.pk}
    return [known.get(name) for name in wanted]
