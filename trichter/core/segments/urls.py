from django.urls import path

from .views import editor, pages, people

app_name = "segments"
urlpatterns = [
    path("segments/", pages.ListView.as_view(), name="list"),
    path("segments/new/", editor.NewView.as_view(), name="new"),
    path("segments/preview/", editor.PreviewView.as_view(), name="preview"),
    path("segments/<int:pk>/", pages.DetailView.as_view(), name="detail"),
    path("segments/<int:pk>/edit/", editor.EditView.as_view(), name="edit"),
    path("segments/<int:pk>/log/", pages.LogView.as_view(), name="log"),
    path("segments/<int:pk>/why/", people.WhyView.as_view(), name="why"),
    path("segments/<int:pk>/export/", people.ExportView.as_view(), name="export"),
    path("segments/<int:pk>/copy/", pages.CopyView.as_view(), name="copy"),
    path("segments/<int:pk>/archive/", pages.ArchiveView.as_view(), name="archive"),
    path("segments/<int:pk>/remove/", people.RemoveView.as_view(), name="remove"),
]
