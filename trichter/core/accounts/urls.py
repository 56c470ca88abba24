from django.urls import path

from .views import account, auditlog, teams, tokens, users

app_name = "accounts"
urlpatterns = [
    path("account/", account.profile, name="profile"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("users/", users.user_list, name="user_list"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/<int:pk>/", users.user_detail, name="user_detail"),
    path("users/<int:pk>/edit/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/active/", users.user_active, name="user_active"),
    path("users/<int:pk>/password/", users.user_password, name="user_password"),
    path("users/<int:pk>/factors/", users.user_factors, name="user_factors"),
    path("users/<int:pk>/sessions/", users.user_sessions, name="user_sessions"),
    path("users/<int:pk>/sessions/<int:session>/end/", users.user_session, name="user_session"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/new/", teams.team_new, name="team_new"),
    path("teams/<int:pk>/", teams.team_edit, name="team_edit"),
    path("teams/<int:pk>/delete/", teams.team_delete, name="team_delete"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("audit/", auditlog.audit_list, name="audit_list"),
    path("audit/export/", auditlog.audit_export, name="audit_export"),
]
