"""`/api-key-admin/costs`: what a call costs, edited in place."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keys import cost
from keys.cost import CostTable
from keys.models import ModelCost
from panel import keeping, quote
from panel.forms.costs import CostForm, PatternForm, UnitsForm
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.layout import CONSOLE

_PAGE = f"{CONSOLE}/costs"

_EXAMPLES = (
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-2.5-flash-image",
    "gpt-5.5",
)
"""A name of each family that `keys.cost` knows, and one of none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    pattern: str
    units: int
    glob: bool
    saved: bool = False
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name costs; `pattern` is the row that says so, None if its family does. `doubled` for
    anti-truncation."""

    name: str
    units: int
    pattern: str | None
    doubled: bool


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    answer = _explain(request.GET.get("name", "").strip()[:255])
    if part.wants(request, "answer"):
        return part.page(request, "costs/answer.html", {"answer": answer})
    return _page(request, CostForm(), answer)


@require_POST
@admin_required
def added(request: HttpRequest) -> HttpResponse:
    form = CostForm(request.POST)
    if not form.is_valid():
        return _page(request, form, None, status=422)
    found = keeping.price(request, form.cleaned_data["pattern"], form.cleaned_data["units"])
    text = _("%(name)s now costs %(units)s a call.")
    messages.success(request, text % {"name": found.pattern, "units": f"{found.units:,}"})
    return part.to(request, _PAGE)


@require_POST
@admin_required
def changed(request: HttpRequest) -> HttpResponse:
    """A number in a row; htmx gets the row back."""
    where, form = PatternForm(request.POST), UnitsForm(request.POST)
    if not where.is_valid():
        return part.to(request, _PAGE)
    pattern = where.cleaned_data["pattern"]
    if not form.is_valid():
        row = ModelCost.objects.filter(pattern=pattern).first()
        units = row.units if row else 0
        return _row(request, Line(pattern, units, cost.is_glob(pattern), wrong=_first(form)), 422)
    found = keeping.price(request, pattern, form.cleaned_data["units"])
    return _row(request, Line(found.pattern, found.units, cost.is_glob(found.pattern), saved=True))


@require_POST
@admin_required
def dropped(request: HttpRequest) -> HttpResponse:
    where = PatternForm(request.POST)
    if where.is_valid():
        pattern = where.cleaned_data["pattern"]
        row = ModelCost.objects.filter(pattern=pattern).first()
        if row is not None and keeping.unprice(request, pattern):
            text = _("%(name)s costs what its family costs again.") % {"name": pattern}
            before = {"pattern": pattern, "units": str(row.units)}
            undo.offer(request, text, f"{_PAGE}/change", before)
    return part.to(request, _PAGE)


def _row(request: HttpRequest, line: Line, status: int = 200) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return part.page(request, "costs/row.html", {"line": line}, status=status)
    if line.wrong:
        messages.error(request, line.wrong)
    else:
        messages.success(request, _("Saved."))
    return part.to(request, _PAGE)


def _page(
    request: HttpRequest, form: CostForm, answer: Answer | None, status: int = 200
) -> HttpResponse:
    plain = CostTable()
    context = {
        "form": form,
        "answer": answer,
        "lines": [Line(name, units, cost.is_glob(name)) for name, units in _stored()],
        "families": [(name, plain.of(name)) for name in _EXAMPLES],
    }
    return part.page(request, "costs/list.html", context, status=status)


def _stored() -> list[tuple[str, int]]:
    return list(ModelCost.objects.order_by("pattern").values_list("pattern", "units"))


def _explain(name: str) -> Answer | None:
    if not name:
        return None
    found = quote.of(CostTable(_stored()), name)
    return Answer(name, found.units, found.pattern, found.doubled)


def _first(form: Form) -> str:
    return next((str(each[0]) for each in form.errors.values() if each), "")
