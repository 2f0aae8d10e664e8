"""What apps of other sites may ask from a browser, as they may ask the model API: the key comes in
a header, and a cookie opens nothing here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

_ANY = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
_ASKED = {
    "Access-Control-Allow-Methods": "GET, OPTIONS",
    # The wildcard leaves this one out.
    "Access-Control-Allow-Headers": "*, authorization",
    "Access-Control-Max-Age": "86400",
}


class Abroad(APIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A browser asks without the key whether it may ask with it.
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204, headers=_ASKED)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        made = super().finalize_response(request, response, *args, **kwargs)
        for name, value in _ANY.items():
            made.headers[name] = value
        return made
