"""What an administrator writes about a key. `keys.attributes` decides; here are the words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from keys import attributes, days
from keys.attributes import MOST_UNITS, Attributes, Invalid
from keys.making import MOST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

_WRONG: dict[str, Words] = {
    "description": _("Write one line of at most 500 characters."),
    "owner": _("Write one line of at most 200 characters."),
    "time_zone": _("Write a time zone such as Asia/Shanghai or UTC."),
    "model_daily": _("Write one model=units a line, such as gemini-*pro*=100."),
    "expires_at": _("Choose a date, or days after the first use, not both."),
    "models": _("Write model names or globs, one a line, such as gemini-*."),
    "networks": _("Write addresses or networks, one a line, such as 192.0.2.0/24."),
}
"""Field → what to do, where `keys.attributes` refuses it."""


def _number(label: Words, most: int, help_text: Words = "", least: int = 1) -> forms.IntegerField:
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs=attributes),
    )


def _lines(label: Words, help_text: Words, example: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "placeholder": example, "class": "mono"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=widget)


class KeyForm(forms.Form):
    """`details` is what `keys.services` takes, once it is valid."""

    description = forms.CharField(
        label=_("Label"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.CharField(
        label=_("Owner"),
        required=False,
        max_length=200,
        help_text=_("How to reach the person: e-mail, chat name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    daily_quota = _number(_("Units a day"), MOST_UNITS, _("Empty: no daily limit."), least=0)
    time_zone = forms.CharField(
        label=_("The day begins in"),
        initial="UTC",
        max_length=64,
        help_text=_("A time zone, such as Asia/Shanghai."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    model_daily = _lines(
        _("Units a day of some models"), _("One model=units a line."), "gemini-*pro*=100"
    )
    expires_at = forms.DateField(
        label=_("Expires after"),
        required=False,
        help_text=_("The end of that day, where the key's day begins."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days_from_first_use = _number(_("or days after the first use"), 36_500)
    rpm = _number(_("Requests a minute"), 1_000_000)
    concurrency = _number(_("Calls at once"), 100_000)
    waiting = _number(_("Calls that may wait"), 100_000, least=0)
    models = _lines(_("Only these models"), _("Names or globs, one a line."), "gemini-*")
    networks = _lines(
        _("Only from these addresses"), _("Addresses or networks, one a line."), "192.0.2.0/24"
    )

    details: Attributes

    LIMITS = ("daily_quota", "time_zone", "rpm", "concurrency", "waiting")
    TIMES = ("expires_at", "days_from_first_use")
    LISTS = ("model_daily", "models", "networks")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        values = {name: cleaned[name] for name in KeyForm.base_fields if name in cleaned}
        if values.get("expires_at"):
            values["expires_at"] = values["expires_at"].isoformat()
        if values.get("waiting", 0) is None:
            values["waiting"] = 0
        try:
            self.details = attributes.parse(values)
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                self.add_error(name if name in self.fields else None, _WRONG.get(name, sentence))
        return cleaned

    def refuse(self, invalid: Invalid) -> None:
        """What was found wrong when the key was to be written: only its expiry can be."""
        for name in invalid.errors:
            self.add_error(name, _("This day is over already."))

    @property
    def changed(self) -> Attributes:
        """Of `details` what is not as it was shown. A date is a day of its zone: it goes along."""
        names = set(self.changed_data)
        if "time_zone" in names and self.details.get("expires_at"):
            names.add("expires_at")
        found = {name: value for name, value in self.details.items() if name in names}
        return cast(Attributes, found)

    @property
    def limits(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LIMITS]

    @property
    def times(self) -> list[forms.BoundField]:
        return [self[name] for name in self.TIMES]

    @property
    def lists(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LISTS]

    @property
    def open(self) -> bool:
        """Whether what is folded has something to say."""
        folded = (*self.LIMITS, *self.TIMES, *self.LISTS)
        return any(name in self.errors for name in folded)


class NewKeyForm(KeyForm):
    """One key, or a batch of them."""

    total_quota = _number(_("Quota"), MOST_UNITS, _("Units in all. Empty: no limit."), least=0)
    count = forms.IntegerField(
        label=_("How many keys"),
        initial=1,
        min_value=1,
        max_value=MOST,
        help_text=_("More than one are numbered: Ada 1, Ada 2 …"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    links = forms.BooleanField(
        label=_("Make a hand-out link: it shows the key once, within 7 days"),
        required=False,
        initial=True,
    )


class MoveForm(forms.Form):
    """Units given to a key or taken back, and why."""

    units = forms.IntegerField(
        label=_("Units"),
        min_value=1,
        max_value=MOST_UNITS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def initial(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the form begins with, from `keys.overview`."""
    expires = shown["expires_at"]
    return {
        **{name: shown[name] for name in KeyForm.base_fields if name in shown},
        "expires_at": None
        if expires is None or shown["days_from_first_use"]
        else expires.astimezone(days.known(shown["time_zone"])).date(),
        "model_daily": "\n".join(f"{name}={most}" for name, most in shown["model_daily"].items()),
        "models": "\n".join(shown["models"]),
        "networks": "\n".join(shown["networks"]),
    }
