"""What an administrator writes about a credential, and pastes to add some."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from credentials import egress, usage
from credentials.editing import HEAVIEST
from credentials.importers import values

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

CAPS = ("minute_cap", "day_cap", "pro_cap")

_BUILT_IN = (
    ("gemini", "Gemini (AI Studio)"),
    ("openai", "OpenAI"),
    ("anthropic", "Anthropic"),
    ("vertex", "Vertex AI"),
)


def _number(label: Words, most: int, least: int = 0, help_text: Words = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _line(label: Words, most: int, help_text: Words = "", example: str = "") -> forms.CharField:
    attributes = {"autocomplete": "off", "spellcheck": "false", "placeholder": example}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=forms.TextInput(attrs=attributes),
    )


class CapsForm(forms.Form):
    """Empty fields leave what is; `caps` are the others."""

    minute_cap = _number(_("Calls a minute"), usage.MOST)
    day_cap = _number(_("Calls a day"), usage.MOST)
    pro_cap = _number(_("Pro calls a day"), usage.MOST)

    @property
    def caps(self) -> dict[str, int]:
        found = {name: self.cleaned_data[name] for name in CAPS}
        return {name: cap for name, cap in found.items() if cap is not None}

    @property
    def cap_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CAPS]


class CareForm(CapsForm):
    """What may be said of any credential; `proxy` as `egress` takes it."""

    label = _line(_("Label"), 200)
    weight = _number(
        _("Weight"), HEAVIEST, 1, _("Of two, one of weight 2 is asked twice as often.")
    )
    proxy = _line(
        _("Proxy"),
        500,
        _("Empty: the one for all. direct: none."),
        "socks5://127.0.0.1:1080",
    )
    base_url = _line(_("Base URL"), 500, _("Empty: the provider's own."), "https://")

    field_order = ("label", "weight", *CAPS, "proxy", "base_url")

    def clean_proxy(self) -> str:
        text = _(
            "Write http://, https:// or socks5:// with a host and a port, or `direct`; user and "
            "password may stand before the host."
        )
        return _read(egress.checked, self.cleaned_data["proxy"], text)

    def clean_base_url(self) -> str:
        text = _("Write an http:// or https:// address without user and query.")
        return _read(values.url, self.cleaned_data["base_url"], text)

    @property
    def way_fields(self) -> list[forms.BoundField]:
        names = [name for name in ("weight", "proxy", "base_url") if name in self.fields]
        return [self[name] for name in names]

    @property
    def open(self) -> bool:
        """Whether what is folded has something to say."""
        return any(name in self.errors for name in ("weight", *CAPS, "proxy", "base_url"))


class PasteForm(CareForm):
    """Keys of one provider. They are in no page again."""

    provider = forms.ChoiceField(label=_("Provider"), choices=lambda: providers())
    keys = forms.CharField(
        label=_("API keys"),
        help_text=_("One a line. Each is tested once, with a small call."),
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "mono", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        label = found.get("label", "")
        if len(label) >= 8 and label in found.get("keys", ""):
            self.add_error("label", _("That is one of the keys: a label is for everybody to see."))
        return found


def providers() -> list[tuple[str, str]]:
    """Name → what people call it: those that are built in, and `[[providers]]`."""
    names = {name for name, _label in _BUILT_IN}
    own = [each.name for each in settings.POTLUCK.providers if each.name not in names]
    return [*_BUILT_IN, *((name, name) for name in own)]


def _read(reader: Callable[[str], str], text: str, wrong: Words) -> str:
    try:
        return reader(text)
    except ValueError:
        raise forms.ValidationError(wrong) from None
