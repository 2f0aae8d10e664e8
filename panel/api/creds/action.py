"""`/creds/action` and `/creds/batch-action`: enable, disable, delete, pardon, refresh, test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from panel import removing, tending
from panel.api.creds import base
from panel.api.creds.base import CredView
from panel.api.shapes import creds as shapes
from panel.tending import Action, Done


class ActionView(CredView):
    @extend_schema(
        request=shapes.CredAction,
        responses=shapes.CredDone,
        summary="Enable, disable, delete, pardon, renew or test a credential",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """`test` makes one small real call, whatever the credential's state, and what it hears
        counts. `refresh` gets an account a new access token. `delete` deletes the secret."""
        said = self.said(shapes.CredAction)
        id = base.identify(said["filename"] if "filename" in said else str(said["id"]))
        (done,) = _act(request, said["action"], [id])
        return Response(shapes.CredDone(done).data)


class BatchView(CredView):
    @extend_schema(
        request=shapes.CredActions,
        responses=shapes.CredsDone,
        summary="The same for many credentials",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """Each is tried by itself; `errors` names those that it did not work for."""
        said = self.said(shapes.CredActions)
        action: Action = said["action"]
        wanted = names(said)
        if action in tending.ASKING and len(wanted) > tending.ASKED:
            text = f"At most {tending.ASKED} of them can be asked at once."
            raise ValidationError({"ids" if "ids" in said else "filenames": [text]})
        found = each(wanted, lambda ids: _act(request, action, ids))
        return Response(shapes.CredsDone(found).data)


def _act(request: Request, action: Action, ids: list[int]) -> list[Done]:
    if action is Action.DELETE:
        return removing.delete(request._request, ids)
    return tending.act(request._request, action, ids)


def names(said: Mapping[str, Any]) -> list[str]:
    """Which credentials a body means, by their ids or by their files."""
    return list(dict.fromkeys(said.get("filenames") or map(str, said["ids"])))


def each(names: Sequence[str], act: Callable[[list[int]], list[Done]]) -> dict[str, Any]:
    """What `act` did for those of these names that there are, with errors for the others."""
    ids = base.resolve(names)
    here = [id for id in ids if id is not None]
    done = {each.id: each for each in act(here)} if here else {}
    return summed(names, [Done(0, ok=False) if id is None else done[id] for id in ids])


def summed(names: Sequence[str], done: Iterable[Done]) -> dict[str, Any]:
    errors = [_problem(name, each) for name, each in zip(names, done, strict=True) if not each.ok]
    return {
        "success_count": len(names) - len(errors),
        "total_count": len(names),
        "errors": errors,
    }


def _problem(name: str, done: Done) -> dict[str, Any]:
    by_id = name.isascii() and name.isdigit()
    id = done.id or (int(name) if by_id else None)
    return {"id": id, "filename": None if by_id else name, "message": done.message or base.GONE}
