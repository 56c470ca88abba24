from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ClickHouseConfig(AppConfig):
    name = "trichter.measure.clickhouse"
    label = "clickhouse"
    verbose_name = _("ClickHouse")

    def ready(self) -> None:
        """Where there is an address, ClickHouse answers in the engine's place."""
        if settings.CLICKHOUSE_URL:
            from trichter.measure.engine.questions import answer_by

            from .questions import own

            answer_by(own)
