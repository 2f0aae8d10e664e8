"""The two fields that open something: the panel's password and a key."""

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
