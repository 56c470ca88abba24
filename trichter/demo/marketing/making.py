"""What marketing has done in the story's last weeks: forms, mails, a journey, pop-ups, segments.

Everything lies in the past. No mail waits to be sent, and nothing here makes one due.
"""

from dataclasses import dataclass

from django.db import transaction

from trichter.core.mail.actions import cancel
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Person
from trichter.engage.newsletters.models import Newsletter

from ..simulate import Story
from .heat import make_heatmaps
from .journey import make_journey
from .newsletters import Sending, choose, make_newsletters
from .offers import make_popups
from .past import Past, past_of
from .segments import make_segments
from .signups import make_signups
from .templates import make_templates


@dataclass(frozen=True, kw_only=True)
class Marketing:
    """What is still to be done once the followers have worked out stages."""

    past: Past
    sending: Sending
    draft: Newsletter


def make_marketing(*, story: Story, people: list[Person], seed: int) -> Marketing:
    """Records and events; call it after the journal is written and before the followers read it."""
    past = past_of(story=story, people=people, seed=seed)
    make_signups(past=past)
    templates = make_templates()
    make_journey(past=past, templates=templates)
    sending, draft = make_newsletters(past=past, templates=templates)
    make_popups(past=past)
    make_heatmaps(past=past)
    return Marketing(past=past, sending=sending, draft=draft)


@transaction.atomic
def finish_marketing(marketing: Marketing) -> None:
    """Segments read what everybody did, and a newsletter its segments. Notices to invented colleagues go."""
    segments = make_segments(past=marketing.past)
    choose(sending=marketing.sending, draft=marketing.draft, segments=segments)
    for number in Delivery.objects.filter(state=Delivery.State.DUE).values_list("pk", flat=True):
        cancel(delivery=number)
