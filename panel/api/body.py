"""Reads the JSON body of a request, up to a size that none of ours needs."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

_MOST = 2**20


class TooLarge(APIException):
    status_code = 413
    default_code = "request_too_large"
    default_detail = f"The body is over {_MOST} bytes."


class Body(JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        read = stream.read(_MOST + 1)
        if len(read) > _MOST:
            raise TooLarge
        try:
            return super().parse(BytesIO(read), media_type, {**(parser_context or {})})
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply.") from None
