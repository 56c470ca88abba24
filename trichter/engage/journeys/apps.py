from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import Held


class JourneysConfig(AppConfig):
    name = "trichter.engage.journeys"
    label = "journeys"
    verbose_name = _("Journeys")
    personal: Mapping[str, Held] = {
        "Journey": Held(scrub=("name", "description", "draft"), none=("key", "secret")),
        "Version": Held(scrub=("definition",)),
        "Enrolment": Held(
            subject=("person",),
            rows="delete",
            told=("journey", "state", "started_at", "ended_at"),
            inner=(
                "round",
                "version",
                "step",
                "came_at",
                "due_at",
                "moves",
                "how",
                "cause",
                "since",
                "why",
                "failures",
                "error",
            ),
        ),
        "Passage": Held(
            subject=("enrolment__person",),
            rows="delete",
            told=("came_at", "left_at"),
            inner=("enrolment", "step", "outcome", "detail", "delivery"),
        ),
        "Call": Held(
            subject=("enrolment__person",),
            rows="delete",
            told=("created_at", "state", "body"),
            inner=("enrolment", "step", "url", "number", "attempts", "next_at", "lease_until", "answer"),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Journey": ("draft", "secret")}

    def ready(self) -> None:
        """Acts have a name in the audit log."""
        from trichter.core.accounts import audit

        from . import actions, entering

        names: dict[str, Promise] = {
            actions.SWITCHED: _("Journey switched"),
            entering.ENROLLED: _("Put somebody into a journey"),
            entering.TAKEN_OUT: _("Taken out of a journey"),
        }
        for key, label in names.items():
            audit.ACTIONS.setdefault(key, label)
