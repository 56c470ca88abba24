"""Addresses of newsletters, below /app/."""

from django.urls import path

from .views import acts, looking
from .views.record import Newsletters

app_name = "newsletters"
urlpatterns = [
    path("newsletters/<int:pk>/act/", acts.ActView.as_view(), name="newsletter_act"),
    path("newsletters/<int:pk>/copy/", acts.CopyView.as_view(), name="newsletter_copy"),
    path("newsletters/<int:pk>/test/", acts.TestView.as_view(), name="newsletter_test"),
    path("newsletters/<int:pk>/preview/", looking.PreviewView.as_view(), name="newsletter_preview"),
    path("newsletters/<int:pk>/shown/", looking.ShownView.as_view(), name="newsletter_shown"),
    path("newsletters/<int:pk>/rows/", looking.RowsView.as_view(), name="newsletter_rows"),
    path("newsletters/<int:pk>/people/", looking.PeopleView.as_view(), name="newsletter_people"),
    *Newsletters.urls(),
]
