"""The fields that open something: the panel's password, a code beside it, and a key."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.Form):
    # As it was typed: a password may begin with a space.
    password = forms.CharField(
        label=_("Panel password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "autofocus": True, "class": "mono"}
        ),
    )


class CodeForm(forms.Form):
    # No `inputmode`: a recovery code has letters.
    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "autofocus": True,
                "class": "mono",
                "spellcheck": "false",
            }
        ),
    )


class QueryForm(forms.Form):
    api_key = forms.CharField(
        label=_("Your API key"),
        max_length=200,
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,
                "placeholder": "sk-…",
                "class": "mono",
                "spellcheck": "false",
            }
        ),
    )
