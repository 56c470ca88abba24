"""Addresses of the settings, the ledger and a person's consents."""

from django.urls import path

from .views import ledger, people, purposes

app_name = "consent"
urlpatterns = [
    path("privacy/", purposes.PurposeListView.as_view(), name="purpose_list"),
    path("privacy/purposes/new/", purposes.PurposeNewView.as_view(), name="purpose_new"),
    path("privacy/purposes/<int:pk>/", purposes.PurposeView.as_view(), name="purpose_detail"),
    path("privacy/purposes/<int:pk>/edit/", purposes.PurposeEditView.as_view(), name="purpose_edit"),
    path("privacy/purposes/<int:pk>/wording/", purposes.WordingNewView.as_view(), name="purpose_wording"),
    path("privacy/banner/", purposes.BannerView.as_view(), name="banner"),
    path("privacy/ledger/", ledger.LedgerView.as_view(), name="ledger"),
    path("privacy/ledger/export/", ledger.LedgerExportView.as_view(), name="ledger_export"),
    path("privacy/ledger/check/", ledger.CheckView.as_view(), name="check"),
    path("privacy/ledger/<int:number>/", ledger.RecordView.as_view(), name="record"),
    path("people/<int:pk>/consents/<slug:purpose>/proof/", people.ProofView.as_view(), name="person_proof"),
    path("people/<int:pk>/consents/give/", people.GiveView.as_view(), name="person_give"),
    path("people/<int:pk>/consents/withdraw/", people.WithdrawView.as_view(), name="person_withdraw"),
]
