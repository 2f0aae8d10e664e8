"""What a model costs, as an administrator writes it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from keys.attributes import MOST_UNITS

_QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class UnitsForm(forms.Form):
    """The number alone: the row says of what."""

    units = forms.IntegerField(label=_("Units a call"), min_value=0, max_value=MOST_UNITS)


class CostForm(UnitsForm):
    pattern = forms.CharField(
        label=_("Model name or glob"),
        max_length=255,
        widget=forms.TextInput(attrs={**_QUIET, "placeholder": "gemini-*-pro*", "class": "mono"}),
    )


class PatternForm(forms.Form):
    """Which row."""

    pattern = forms.CharField(max_length=255)
