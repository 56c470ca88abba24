"""What of the forms shows on the start page: submissions that could not be processed."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.shell.attention import Attention

from .models import Submission


def points(user: Any) -> Iterator[Attention]:
    """Failed submissions of people whom the user may see, and of nobody."""
    if not user.has_perm("webforms.view_submission"):
        return
    failed = Submission.State.FAILED
    if n := Submission.objects.visible_to(user).filter(state=failed).count():
        yield Attention(
            level="danger", icon="inbox",
            text=ngettext("%(n)d submission failed", "%(n)d submissions failed", n) % {"n": n},
            why=_("Somebody sent a form and is no contact yet. The answers are kept; process them again."),
            url=f"{reverse('webforms:submission_list')}?state={failed}",
        )  # fmt: skip
