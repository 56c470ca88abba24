"""Addresses of the orders, below /app/."""

from django.urls import path

from .views.acts import CancelView, PayView, RefundView
from .views.orders import Orders

app_name = "orders"
urlpatterns = [
    path("orders/<int:pk>/pay/", PayView.as_view(), name="order_pay"),
    path("orders/<int:pk>/refund/", RefundView.as_view(), name="order_refund"),
    path("orders/<int:pk>/cancel/", CancelView.as_view(), name="order_cancel"),
    *Orders.urls(),
]
