"""`/auth/models`: what calls cost."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys.cost import DEFAULT
from keys.models import ModelCost
from panel import keeping, quote
from panel.api.base import PublicView, View
from panel.api.errors import Missing
from panel.api.prices import Prices
from panel.api.shapes import costs as shapes

_prices = Prices()


class CostsView(View):
    @extend_schema(responses=shapes.Costs, summary="List the costs", tags=["costs"])
    def get(self, request: Request) -> Response:
        """The rows of the table; names that none of them fits cost what their family does."""
        rows = ModelCost.objects.order_by("pattern").values_list("pattern", "units")
        found = {"default_cost": DEFAULT, "model_costs": dict(rows)}
        return Response(shapes.Costs(found).data)

    @extend_schema(
        request=shapes.CostNew, responses=shapes.Cost, summary="Set a cost", tags=["costs"]
    )
    def post(self, request: Request) -> Response:
        """Running gateways take it over within a second."""
        said = self.said(shapes.CostNew)
        row = keeping.price(request._request, said["model_name"], said["cost"])
        return Response(shapes.Cost({"model_name": row.pattern, "cost": row.units}).data)


class CostView(View):
    @extend_schema(responses={204: None}, summary="Forget a cost", tags=["costs"])
    def delete(self, request: Request, model_name: str) -> Response:
        """`model_name` may contain `/`."""
        # A NUL is in no name, and PostgreSQL takes none.
        if "\0" in model_name or not keeping.unprice(request._request, model_name):
            raise Missing("The table has no such name.")
        return Response(status=204)


class EffectiveCostView(PublicView):
    @extend_schema(responses=shapes.CostAsked, summary="What a model costs", tags=["costs"])
    def get(self, request: Request, model_name: str) -> Response:
        """`model_name` may contain `/`. Aliases and variants of a name cost what it does;
        anti-truncation doubles."""
        found = quote.of(_prices.table(), model_name)
        shown = {
            "model_name": model_name,
            "cost": found.units,
            "is_default": found.pattern is None,
        }
        return Response(shapes.CostAsked(shown).data)


_row = CostView.as_view()
_effective = EffectiveCostView.as_view()


@csrf_exempt  # Both views look at it themselves, where a cookie is what opens them.
def either(request: HttpRequest, model_name: str) -> HttpResponseBase:
    """`costs/<model_name>/cost` may be a row of the table, of a name that ends with `/cost`, or be
    asked for what a model costs whose name begins with `costs/`. Rows are only deleted."""
    if request.method == "DELETE":
        return _row(request, model_name=f"{model_name}/cost")
    return _effective(request, model_name=f"costs/{model_name}")
