from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class PipelineConfig(AppConfig):
    name = "trichter.close.pipeline"
    label = "pipeline"
    verbose_name = _("Pipeline")
    personal: Mapping[str, Held] = {
        "Pipeline": NOBODY,
        "PipelineStage": NOBODY,
        "Deal": Held(
            subject=("person",),
            erase=("name", "lost_reason", "external_id"),
            none=("currency", "external_source"),
            told=(
                "name",
                "pipeline",
                "stage",
                "company",
                "amount",
                "status",
                "lost_reason",
                "opened_at",
                "stage_since",
                "expected_close",
                "closed_at",
                "external_id",
                "currency",
            ),
            inner=("owner", "external_source"),
        ),
        "DealPerson": Held(subject=("person",), rows="delete", told=("deal", "created_at")),
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "Deal": (),
        "Pipeline": (),
        "PipelineStage": (),
        "DealPerson": (),
    }
