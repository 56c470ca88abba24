"""Addresses of the mail house's screens, below /app/."""

from django.urls import path

from .views import acts, cockpit, seeds, settings, warmup
from .views.lists import Deliveries, Mailings, Suppressions

app_name = "mail"
urlpatterns = [
    path("mail/", cockpit.CockpitView.as_view(), name="cockpit"),
    path("mail/check/", cockpit.CheckView.as_view(), name="check"),
    path("mail/prove/", cockpit.ProveView.as_view(), name="prove"),
    path("mail/unclear/", cockpit.UnclearView.as_view(), name="unclear"),
    path("mail/settings/", settings.SettingsView.as_view(), name="settings"),
    path("mail/settings/key/", settings.KeyView.as_view(), name="key"),
    path("mail/warmup/", warmup.WarmupView.as_view(), name="warmup"),
    path("mail/seeds/", seeds.SeedListView.as_view(), name="seeds"),
    path("mail/seeds/send/", seeds.SeedSendView.as_view(), name="seed_send"),
    path("mail/seeds/boxes/", seeds.SeedBoxView.as_view(), name="seed_box"),
    path("mail/seeds/boxes/<int:pk>/aside/", seeds.SeedAsideView.as_view(), name="seed_aside"),
    path("mail/seeds/<int:pk>/", seeds.SeedView.as_view(), name="seed"),
    path("mail/suppress/", acts.SuppressView.as_view(), name="suppress"),
    path("mail/sent/<int:pk>/decide/", acts.DecideView.as_view(), name="delivery_decide"),
    path("mail/sent/<int:pk>/cancel/", acts.CancelView.as_view(), name="delivery_cancel"),
    path("mail/mailings/<int:pk>/switch/", acts.SwitchView.as_view(), name="mailing_switch"),
    path("mail/suppressed/<int:pk>/lift/", acts.LiftView.as_view(), name="suppression_lift"),
    *Deliveries.urls(),
    *Mailings.urls(),
    *Suppressions.urls(),
]
