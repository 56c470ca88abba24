from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class JobsConfig(AppConfig):
    name = "trichter.core.jobs"
    label = "jobs"
    verbose_name = _("Jobs")
    personal: Mapping[str, Held] = {
        "Job": Held(whole=("payload", "result", "error"), none=("name", "key", "worker")),
        "ScheduledRun": NOBODY,
        "WorkerBeat": NOBODY,
    }

    def ready(self) -> None:
        autodiscover_modules("jobs")
