from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PipelineConfig(AppConfig):
    name = "trichter.close.pipeline"
    label = "pipeline"
    verbose_name = _("Pipeline")
    audited: Mapping[str, tuple[str, ...]] = {"Deal": (), "Pipeline": (), "PipelineStage": ()}
