"""Reports of advertising platforms as they download them: titles above, totals below, other encodings."""

from datetime import date

import pytest

from trichter.attract.campaigns.models import AdCost
from trichter.connect.imports.tests.helpers import bring_in, counts, problems, write

pytestmark = pytest.mark.django_db

GOOGLE_EN = (
    "Campaign performance\n"
    '"February 1, 2025 - February 2, 2025"\n'
    "Day,Campaign,Campaign status,Currency code,Cost,Impr.,Clicks\n"
    '2025-02-01,Brand DE,Enabled,EUR,"1,234.50","12,345",120\n'
    "2025-02-02,Brand DE,Enabled,EUR,10.00,100,3\n"
    '2025-02-02,"Total of things",Paused,EUR,1.00,10,1\n'
    'Total: Campaigns, --, --,EUR,"1,245.50","12,455",124\n'
    'Total: Account, --, --,EUR,"1,245.50","12,455",124\n'
)
GOOGLE_DE = (
    "Kampagnenbericht\n"
    "1. Februar 2025 – 2. Februar 2025\n"
    "Tag\tKampagne\tWährungscode\tKosten\tImpr.\tKlicks\n"
    "01.02.2025\tMarke\tEUR\t1.234,50\t12.345\t120\n"
    "02.02.2025\tMarke\tEUR\t10,00\t100\t3\n"
    "Gesamt: Kampagnen\t --\tEUR\t1.244,50\t12.445\t123\n"
    "Gesamt: Konto\t --\tEUR\t1.244,50\t12.445\t123\n"
)
META_EN = (
    "Reporting starts,Reporting ends,Campaign name,Campaign delivery,Results,Reach,Impressions,Amount spent (EUR),Link clicks\n"
    "2025-02-01,2025-02-02,,,,900,1500,30.25,33\n"
    "2025-02-01,2025-02-01,Leads Feb,active,5,500,1000,20.25,22\n"
    "2025-02-02,2025-02-02,Leads Feb,active,2,400,500,10,11\n"
)
META_DE = (
    "Kampagnenname;Tag;Auslieferung der Kampagne;Reichweite;Impressionen;Ausgegebener Betrag (EUR);Link-Klicks;Berichtsstart;Berichtsende\n"
    "Leads Feb;2025-02-01;active;500;1000;20,25;22;2025-02-01;2025-02-02\n"
    "Leads Feb;2025-02-02;active;400;500;10;11;2025-02-01;2025-02-02\n"
    ";;;900;1500;30,25;33;2025-02-01;2025-02-02\n"
)
LINKEDIN = (
    "Campaign Performance Report (in UTC)\n"
    "Report Start: February 1, 2025, 12:00 AM\n"
    "Report End: February 2, 2025, 11:59 PM\n"
    "Date Generated: February 3, 2025, 8:00 AM\n"
    "\n"
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group Name\tCampaign Name\tCampaign ID\tTotal Spent\tImpressions\tClicks\n"
    "02/01/2025\tHaus\tEUR\tGruppe\tABM Köln\t123\t20.25\t1000\t22\n"
    "02/02/2025\tHaus\tEUR\tGruppe\tABM Köln\t123\t10\t500\t11\n"
)


@pytest.mark.parametrize(("name", "text", "encoding", "preset", "cost", "skipped"), [
    ("google en", GOOGLE_EN, "utf-8", "google_ads", 124_550, 2),
    ("google de in utf-16", GOOGLE_DE, "utf-16", "google_ads", 124_450, 2),
    ("meta en", META_EN, "utf-8-sig", "meta_ads", 3_025, 1),
    ("meta de", META_DE, "utf-8", "meta_ads", 3_025, 1),
    ("linkedin", LINKEDIN, "utf-16", "linkedin_ads", 3_025, 0),
])  # fmt: skip
def test_a_report_comes_in_the_first_time(tmp_path, name, text, encoding, preset, cost, skipped):
    table = bring_in("ad-costs", write(tmp_path / "report.csv", text, encoding))
    assert table.run.preset == preset
    assert [one for one in problems(table) if one[2] != "total_row"] == []
    assert sum(one[2] == "total_row" for one in problems(table)) == skipped
    assert counts(table)[4] == 0
    assert sum(AdCost.objects.values_list("cost", flat=True)) == cost
    assert set(AdCost.objects.values_list("currency", flat=True)) == {"EUR"}
    assert AdCost.objects.filter(day=date(2025, 2, 1)).count() == 1
    assert None not in AdCost.objects.values_list("impressions", flat=True)
    assert None not in AdCost.objects.values_list("clicks", flat=True)


def test_a_campaign_may_be_called_total(tmp_path):
    bring_in("ad-costs", write(tmp_path / "report.csv", GOOGLE_EN))
    assert AdCost.objects.filter(campaign="Total of things").count() == 1


def test_costs_without_campaign_are_no_total_in_a_list_of_our_own(tmp_path):
    table = bring_in(
        "ad-costs",
        write(tmp_path / "a.csv", "Tag;Quelle;Kampagne;Kosten\n01.02.2025;messe;;100,00\nSumme;;;100,00\n"),
    )
    assert counts(table) == (2, 1, 0, 1, 0)
