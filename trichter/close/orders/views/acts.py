"""What happens to one order: paid, refunded, cancelled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell import cells
from trichter.core.shell.views.base import ShellView, done
from trichter.kit.money import Money

from ..actions import OrderError, cancel_order, pay_order, refund_order
from ..forms import RefundForm
from ..models import Order
from ..queries import orders


class OrderActionView(ShellView):
    """Base: one visible order, one action, back to its page."""

    permission_required = ("orders.view_order", "orders.change_order")

    def order(self, pk: int) -> Order:
        """The order, if the user may see it. Raises Http404."""
        found = orders(user=self.request.user).select_related("person").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def run(
        self, *, request: HttpRequest, order: Order, action: Any, text: str, **values: Any
    ) -> HttpResponse:
        """Do it, or say why not."""
        url = reverse("orders:order_detail", args=[order.pk])
        try:
            action(order=order, at=timezone.now(), **values)
        except OrderError as error:
            messages.error(request, str(error))
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=204)
                response["HX-Redirect"] = url
                return response
            return redirect(url)
        return done(request=request, text=text % {"number": order.number}, url=url)


class PayView(OrderActionView):
    """The money arrived."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = _("Order %(number)s is paid.")
        return self.run(request=request, order=self.order(pk), action=pay_order, text=text)


class CancelView(OrderActionView):
    """The order is called off."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = _("Order %(number)s is cancelled.")
        return self.run(request=request, order=self.order(pk), action=cancel_order, text=text)


class RefundView(OrderActionView):
    """Asks how much goes back, in the slide-over or on a page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request=request, order=self.order(pk), form=RefundForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order, form = self.order(pk), RefundForm(request.POST)
        amount = form.cleaned_data["amount"] if form.is_valid() else None
        minor = None
        if amount is not None:
            try:
                minor = Money.of(amount, order.currency).minor
            except ValueError:
                form.add_error("amount", _("%(currency)s has fewer decimals.") % {"currency": order.currency})
            else:
                if not 0 < minor <= order.total - order.refunded:
                    form.add_error("amount", _("Between nothing and what is left of the order."))
        if form.errors:
            return self._ask(request=request, order=order, form=form, status=422)
        text = _("The refund of order %(number)s is recorded.")
        return self.run(request=request, order=order, action=refund_order, text=text, amount=minor)

    def _ask(
        self, *, request: HttpRequest, order: Order, form: RefundForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "action": request.path,
            "back": reverse("orders:order_detail", args=[order.pk]),
            "order": order,
            "left": cells.money(order.total - order.refunded, order.currency, short=True),
        }
        panel = request.headers.get("HX-Target") == "panel-body"
        template = "orders/refund_panel.html" if panel else "orders/refund_page.html"
        return render(request, template, context, status=status)
