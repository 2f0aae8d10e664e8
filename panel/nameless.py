"""Records of requests that were made with what people lend: they name no lender.

New ones never do (`credentials.store`). Those of older versions hold a label, which is an e-mail
address or some letters of a key; a receipt promises that nothing of the kind stays.
"""

from __future__ import annotations

from credentials.lending import erasure
from credentials.models import Contribution
from keys import labels


def tidy() -> int:
    """For the background; how many records were changed. Also of contributions that have ended."""
    found = Contribution.objects.values_list("credential_id", "pk")
    names = {credential: Contribution.called(id) for credential, id in found}
    changed = labels.rename(names)
    if changed:
        erasure.flush()
    return changed
