from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "trichter.close.orders"
    label = "orders"
    verbose_name = _("Orders")
    audited: Mapping[str, tuple[str, ...]] = {"Order": ()}
