"""Two administrators may have the same form open: each writes what they changed, nothing else."""

from __future__ import annotations

from django import forms


def remember(form: forms.Form) -> None:
    """The form sends along what it showed, and `changed_data` compares with that. What comes
    without it (a script's) is compared with what is now."""
    for name, field in form.fields.items():
        field.show_hidden_initial = not form.is_bound or form[name].html_initial_name in form.data
