"""The addresses under /accounts/: of the log-in library only what is offered, under the names it expects."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.i18n import set_language

from .views import entrance

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    # The library links to these; here they lead on.
    path("signup/", entrance.to_login, name="account_signup"),
    path("confirm-email/", entrance.to_login, name="account_email_verification_sent"),
    path("password/set/", entrance.to_reset, name="account_set_password"),
    path("email/", entrance.to_profile, name="account_email"),
    path("sessions/", entrance.to_profile, name="usersessions_list"),
]
