"""What recipients, their mail programs and sending services reach; without a log-in or a cookie."""

from django.urls import path

from .views import recipients

app_name = "mail_public"
urlpatterns = [
    path("u/<str:token>", recipients.unsubscribe, name="unsubscribe"),
    path("o/<str:token>.gif", recipients.opened, name="opened"),
    path("a/<str:token>.gif", recipients.opened_by_nobody, name="opened_by_nobody"),
    path("c/<str:token>/<int:link>", recipients.clicked, name="clicked"),
    path("l/<str:token>", recipients.clicked_by_nobody, name="clicked_by_nobody"),
    path("t/<str:token>", recipients.trapped, name="trapped"),
    path("hooks/<slug:provider>/", recipients.hook, name="hook"),
]
