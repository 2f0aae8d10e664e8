"""`/auth/upload` and `/creds/upload`: files of credentials. They are read in memory alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.intake import FileResult
from panel import cargo
from panel.api.creds.base import CredView
from panel.api.shapes import credfiles as shapes

_FILES = ("files", "files[]")
_FIELDS = frozenset({"provider", "base_url"})
_UNKNOWN = "There is no such provider; send `base_url` with a new one. Known are: %s."


class Multipart(MultiPartParser):
    """Files under one name, and fields that are known."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        found = super().parse(stream, media_type, {**(parser_context or {})})
        return DataAndFiles(_sorted(found.data, found.files), {})


class UploadView(CredView):
    # The one view that takes no JSON.
    parser_classes = (Multipart,)  # type: ignore[assignment]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.upload_handlers = [cargo.InMemory(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(
        request={"multipart/form-data": shapes.Upload},
        responses=shapes.Uploaded,
        summary="Bring credentials",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """Multipart, with `files` (JSON, `.env`, lists of keys, YAML or ZIP), and perhaps
        `provider` and `base_url`. What is known already stays as it is."""
        said = self.said(shapes.Upload)
        try:
            found = cargo.take(
                request._request,
                [(file.name, file.read()) for file in said["files"]],
                provider=said["provider"],
                base_url=said["base_url"],
            )
        except cargo.Unknown as error:
            raise ValidationError({"provider": [_UNKNOWN % ", ".join(error.known)]}) from None
        return Response(shapes.Uploaded(_shown(found)).data)


def _sorted(data: QueryDict, files: Any) -> dict[str, Any]:
    unknown = [name for name in (*data, *files) if name not in (*_FILES, *_FIELDS)]
    if unknown:
        text = "There is nothing of this name to set here."
        raise ValidationError({name[:80]: [text] for name in unknown})
    found: list[UploadedFile[bytes]] = [file for name in _FILES for file in files.getlist(name)]
    return {"files": found, **{name: data[name] for name in _FIELDS if name in data}}


def _shown(found: list[FileResult]) -> dict[str, Any]:
    return {
        "added": sum(each.added for each in found),
        "known": sum(each.known for each in found),
        "files": [
            {
                "name": each.name,
                "added": each.added,
                "known": each.known,
                "error": each.error,
                "notes": list(each.notes),
                "ids": list(each.ids),
                "services": [{"name": one.name, "toml": one.toml()} for one in each.services],
            }
            for each in found
        ],
    }
