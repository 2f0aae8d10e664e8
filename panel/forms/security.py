"""What an administrator types to change how the console is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from panel.password import LONGEST, SHORTEST

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


def _password(label: Words, *, new: bool = False) -> forms.CharField:
    kind = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        min_length=SHORTEST if new else None,
        help_text=_("At least %(count)d characters.") % {"count": SHORTEST} if new else "",
        widget=forms.PasswordInput(attrs={"autocomplete": kind, "class": "mono"}),
    )


def _code(label: Words, **more: str) -> forms.CharField:
    attributes = more | {
        "autocomplete": "one-time-code",
        "autocapitalize": "none",
        "class": "mono",
        "spellcheck": "false",
    }
    return forms.CharField(label=label, max_length=100, widget=forms.TextInput(attrs=attributes))


class BeginForm(forms.Form):
    password = _password(_("Panel password"))


class ConfirmForm(forms.Form):
    """`sealed` is the secret that the code must belong to (`panel.auth.factor.Proposal`)."""

    sealed = forms.CharField(max_length=1_000, widget=forms.HiddenInput)
    code = _code(_("Code from the app"), inputmode="numeric")


class BothForm(forms.Form):
    """Password and code: for what weakens the login."""

    password = _password(_("Panel password"))
    code = _code(_("Code"))


class PasswordForm(forms.Form):
    old = _password(_("Present password"))
    new = _password(_("New password"), new=True)
    again = _password(_("The new password again"))

    def clean(self) -> None:
        super().clean()
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", _("This is not the same."))
