"""Addresses of handovers, below /app/."""

from django.urls import path, re_path

from .views import sla, work
from .views.house import Absences, Channels, Hours, Rules, Seats, SettingsView, TestView, TryView

app_name = "handover"
urlpatterns = [
    path("handovers/", work.QueueView.as_view(), name="handover_list"),
    path("handovers/<int:pk>/", work.DetailView.as_view(), name="handover_detail"),
    path("handovers/<int:pk>/accept/", work.AcceptView.as_view(), name="handover_accept"),
    path("handovers/<int:pk>/return/", work.ReturnView.as_view(), name="handover_return"),
    path("handovers/<int:pk>/contact/", work.ContactView.as_view(), name="handover_contact"),
    path("handovers/<int:pk>/pause/", work.PauseView.as_view(), name="handover_pause"),
    path("handovers/<int:pk>/resume/", work.ResumeView.as_view(), name="handover_resume"),
    path("handovers/<int:pk>/assign/", work.AssignView.as_view(), name="handover_assign"),
    path("handover/settings/", SettingsView.as_view(), name="settings"),
    path("handover/try/", TryView.as_view(), name="try"),
    path("handover/channels/<int:pk>/test/", TestView.as_view(), name="chatchannel_test"),
    path("sla/", sla.SlaView.as_view(), name="sla"),
    path("sla/attainment/", sla.AttainmentView.as_view(), name="attainment"),
    path("sla/propose/", sla.ProposeView.as_view(), name="sla_propose"),
    path("sla/<int:pk>/sign/marketing/", sla.SignMarketingView.as_view(), name="sla_sign_marketing"),
    path("sla/<int:pk>/sign/sales/", sla.SignSalesView.as_view(), name="sla_sign_sales"),
    path("sla/<int:pk>/withdraw/", sla.WithdrawView.as_view(), name="sla_withdraw"),
    re_path(r"^sla/(?P<pk>\d+)/print/(?P<lang>de|en)/$", sla.PrintView.as_view(), name="sla_print"),
    *Rules.urls(),
    *Hours.urls(),
    *Absences.urls(),
    *Seats.urls(),
    *Channels.urls(),
]
