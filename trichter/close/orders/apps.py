from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import TAX, Held


class OrdersConfig(AppConfig):
    name = "trichter.close.orders"
    label = "orders"
    verbose_name = _("Orders")
    personal: Mapping[str, Held] = {
        "Order": Held(
            subject=("person",),
            keep={"number": TAX, "product": TAX, "coupon": TAX},
            since="placed_at",
            none=("currency",),
            told=(
                "number",
                "product",
                "company",
                "status",
                "total",
                "refunded",
                "coupon",
                "placed_at",
                "paid_at",
                "refunded_at",
                "currency",
            ),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Order": ()}
