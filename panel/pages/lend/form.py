"""What a lender writes."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from credentials.lending.rules import Refused, Why
from credentials.usage import MOST
from keys import listing
from keys.models import ApiKey
from panel.pages.lend import words
from panel.pages.lend.giving import Said, language
from panel.pages.lend.ways import Method, Way

_LARGEST = 20_000
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_FIELDS = {
    Why.TERMS: "agree",
    Why.CAP: "day_cap",
    Why.SECRET: "secret",
    Why.KNOWN: "secret",
    Why.PROVIDER: "secret",
    Why.TEXT: "name",
    Why.UNSEEN: "name",
}
"""Where a refusal stands; others are about the form as a whole."""


class Line(forms.CharField):
    """One line, of letters that stand where they are written."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        marks = {unicodedata.category(each) for each in text} & {"Cc", "Cs", "Zl", "Zp"}
        if marks or {unicodedata.bidirectional(each) for each in text} & _TURNING:
            raise forms.ValidationError(words.refusal(Why.UNSEEN))
        return text


def _cap() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("At most so many calls a day"),
        help_text=_("Empty: no cap. You can change it at any time."),
        required=False,
        min_value=0,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _key() -> forms.CharField:
    return forms.CharField(
        label=_("Your key here, which gets the reward"),
        help_text=_("The sk-… key of this gateway. It is looked up and not stored."),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "placeholder": "sk-…", "class": "mono"}
        ),
    )


def found(text: str) -> ApiKey | None:
    """The key of who has its text; None for no text. Raises ValidationError."""
    if not text:
        return None
    key = listing.find(text, settings.POTLUCK_PEPPER)
    if key is None:
        raise forms.ValidationError(_("This gateway does not know that key."))
    return key


class LendForm(forms.Form):
    """`way` decides whether something is pasted, `rewarded` whether a key is asked for."""

    terms = forms.CharField(max_length=40)
    agree = forms.BooleanField(
        required=True,
        label=_("I have read these terms, and what I lend is mine."),
        error_messages={"required": _("Lending needs your consent: tick this box.")},
    )
    name = Line(
        label=_("Your name"),
        help_text=_("Only the administrator sees it. It is deleted when you withdraw."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = Line(
        label=_("How to reach you"),
        help_text=_("An e-mail address or a chat name, in case something is wrong."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    day_cap = _cap()
    reward_key = _key()

    def __init__(self, way: Way, rewarded: bool, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self._way = way
        if way.method is Method.KEY:
            self.fields["secret"] = _pasted()
        elif way.method is Method.FILE:
            self.fields["secret"] = _document()
        if not rewarded:
            del self.fields["reward_key"]

    def clean_reward_key(self) -> ApiKey | None:
        return found(self.cleaned_data["reward_key"].strip())

    def said(self, invite: str) -> Said:
        """Once it is valid."""
        given = self.cleaned_data
        key = given.get("reward_key")
        return Said(
            way=self._way,
            terms=given["terms"],
            language=language(),
            name=given["name"],
            contact=given["contact"],
            day_cap=given["day_cap"] or 0,
            invite=invite,
            reward_key_id=key.pk if key else None,
        )

    def refused(self, refused: Refused) -> None:
        """Says so beside the field that it is about."""
        name = _FIELDS.get(refused.why)
        self.add_error(name if name in self.fields else None, words.refusal(refused.why))

    @property
    def more(self) -> list[forms.BoundField]:
        """What may be left empty."""
        names = ("name", "contact", "day_cap", "reward_key")
        return [self[name] for name in names if name in self.fields]

    def wide(self) -> bool:
        """Whether one of those is wrong, or filled in."""
        return any(field.errors or field.data for field in self.more)


class CapForm(forms.Form):
    day_cap = _cap()


class KeyForm(forms.Form):
    """None: no key any more."""

    reward_key = _key()

    def clean_reward_key(self) -> ApiKey | None:
        return found(self.cleaned_data["reward_key"].strip())


def _pasted() -> forms.CharField:
    attributes = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}
    return forms.CharField(
        label=_("The key"),
        max_length=4_096,
        widget=forms.PasswordInput(attrs=attributes),
        help_text=_("It is sent once, tested with a small call, and stored encrypted."),
    )


def _document() -> forms.CharField:
    attributes = {"rows": 6, "autocomplete": "off", "spellcheck": "false", "class": "mono"}
    return forms.CharField(
        label=_("The service account's JSON file"),
        max_length=_LARGEST,
        widget=_Blank(attrs=attributes),
        help_text=_("Paste the whole text. It is tested with a small call, and stored encrypted."),
    )


class _Blank(forms.Textarea):
    """A form that comes back does not bring a secret along."""

    def format_value(self, value: Any) -> str:
        return ""
