"""Exports of ActiveCampaign, Account Engagement (Pardot) and Mailchimp, imported without touching the mapping."""

from datetime import UTC, datetime

import pytest

from trichter.close.pipeline.models import Deal
from trichter.connect.imports.parsing.catalogue import KINDS, presets
from trichter.connect.imports.tests.helpers import bring_in, counts, problems, write
from trichter.core.consent.models import ConsentRecord
from trichter.core.consent.queries import may
from trichter.core.journal.actions import identify
from trichter.core.mail.models import Suppression
from trichter.core.people.models import Company, Person
from trichter.core.people.queries import find_by_email, find_by_key

pytestmark = pytest.mark.django_db

ACTIVECAMPAIGN = """\
"Contact ID","Email","First Name","Last Name","Phone","Account","Date Created","Tags","Lists","Status",\
"Date Subscribed","IP Address","Score"
"11","eva@firma.de","Eva","Groß","+49 30 1234567","Firma AG","2025-01-07 14:03:00","Messe,VIP","Newsletter",\
"Active","2025-01-07 14:03:00","203.0.113.7","12"
"12","max@firma.de","Max","Muster","","Firma AG","2025-01-08 09:00:00","","Newsletter","Unsubscribed",\
"2025-01-08 09:00:00","203.0.113.8","0"
"13","weg@firma.de","","","","","2025-01-09 09:00:00","","Newsletter","Bounced","","",""
"14","offen@firma.de","","","","","2025-01-09 09:00:00","","Newsletter","Active","2025-01-09 09:00:00","",""
"""
AC_ACCOUNTS = """\
Account ID,Account Name,Account URL,Industry/Vertical,Number of Employees,City,Country,Number of Contacts
7,Firma AG,https://www.firma.de,Maschinenbau,120,Köln,Germany,2
"""
AC_DEALS = """\
Deal ID,Deal Title,Deal Value,Currency,Pipeline,Stage,Status,Deal Owner,Contact Email,Account,Date Created
1,Großauftrag,12000.50,EUR,Vertrieb,Angebot,Open,,eva@firma.de,Firma AG,2025-02-01 10:00:00
2,Pech,500.00,EUR,Vertrieb,Angebot,Lost,,eva@firma.de,Firma AG,2025-02-02 10:00:00
"""
PARDOT = """\
Prospect Id,First Name,Last Name,Email,Company,Job Title,Phone,Source,Score,Grade,Opted Out,Do Not Email,Created Date
901,Eva,Groß,eva@firma.de,Firma AG,CFO,+49 30 1234567,Webinar,120,A,0,0,2025-01-07 14:03:00
902,Max,Muster,max@firma.de,Firma AG,,,,0,D,1,0,2025-01-08 14:03:00
903,Ida,Neu,ida@firma.de,Firma AG,,,,0,D,0,Yes,2025-01-08 14:03:00
"""
PARDOT_ACCOUNTS = """\
Prospect Account Id,Name,Website,Industry,Employees,Billing City,Billing Country,Number Of Prospects
31,Firma AG,www.firma.de,Maschinenbau,120,Köln,Germany,3
"""
MAILCHIMP_GONE = """\
"Email Address","First Name","MEMBER_RATING","OPTIN_TIME","OPTIN_IP","UNSUB_TIME","UNSUB_REASON","LEID","EUID"
"max@firma.de","Max","1","2024-01-07 13:00:00","203.0.113.7","2025-03-01 10:00:00","N/A (Unsubscribed by admin)","1","a"
"""
MAILCHIMP_CLEANED = """\
"Email Address","First Name","MEMBER_RATING","OPTIN_TIME","CLEAN_TIME","CLEAN_CAMPAIGN_TITLE","LEID","EUID"
"weg@firma.de","","1","2024-01-07 13:00:00","2025-03-01 10:00:00","Mai","2","b"
"""


def mailable():
    return [
        name
        for name in ("eva", "max", "ida", "weg", "offen")
        if may(
            identity=identify(kind="email", value=f"{name}@firma.de"), purpose="newsletter", channel="email"
        )
    ]


def test_activecampaign_contacts(tmp_path):
    table = bring_in("contacts", write(tmp_path / "ac.csv", ACTIVECAMPAIGN))
    assert (table.run.preset, counts(table)) == ("activecampaign", (4, 4, 0, 0, 0))
    assert [(row, code) for row, _, code, _ in problems(table)] == [(5, "consent_unproven")]
    eva = find_by_key("activecampaign", "11")
    assert (eva.last_name, eva.company.name, eva.phone) == ("Groß", "Firma AG", "+49301234567")
    assert sorted(eva.tags.values_list("name", flat=True)) == ["Messe", "VIP"]
    assert mailable() == ["eva"]
    assert table.run.summary["consents"] == {"given": 1, "withdrawn": 1, "suppressed": 1}


def test_activecampaign_accounts_and_deals(tmp_path):
    table = bring_in("companies", write(tmp_path / "acc.csv", AC_ACCOUNTS))
    assert (table.run.preset, counts(table), problems(table)) == ("activecampaign", (1, 1, 0, 0, 0), [])
    firm = Company.objects.get()
    assert (firm.domain, firm.industry, firm.employees, firm.external_id) == (
        "firma.de",
        "Maschinenbau",
        120,
        "7",
    )
    deals = bring_in("deals", write(tmp_path / "deals.csv", AC_DEALS))
    assert (deals.run.preset, counts(deals)) == ("activecampaign", (2, 2, 0, 0, 0))
    found = Deal.objects.order_by("external_id").values_list("status", "amount", "company", "person__email")
    assert list(found) == [
        ("open", 1_200_050, firm.pk, "eva@firma.de"),
        ("lost", 50_000, firm.pk, "eva@firma.de"),
    ]


def test_pardot_prospects_and_accounts(tmp_path):
    table = bring_in("contacts", write(tmp_path / "p.csv", PARDOT))
    assert (table.run.preset, counts(table), problems(table)) == ("pardot", (3, 3, 0, 0, 0), [])
    eva = find_by_key("pardot", "901")
    assert (eva.job_title, eva.created_at) == ("CFO", datetime(2025, 1, 7, 13, 3, tzinfo=UTC))
    assert table.run.summary["consents"] == {"withdrawn": 2}
    accounts = bring_in("companies", write(tmp_path / "pa.csv", PARDOT_ACCOUNTS))
    assert (accounts.run.preset, counts(accounts)) == ("pardot", (1, 0, 1, 0, 0))
    assert Company.objects.get().domain == "firma.de"


def test_mailchimp_brings_its_unsubscribed_and_cleaned(tmp_path):
    gone = bring_in("contacts", write(tmp_path / "unsubscribed.csv", MAILCHIMP_GONE))
    cleaned = bring_in("contacts", write(tmp_path / "cleaned.csv", MAILCHIMP_CLEANED))
    assert gone.run.preset == cleaned.run.preset == "mailchimp"
    row = ConsentRecord.objects.get()
    assert (row.decision, row.at) == ("withdrawn", datetime(2025, 3, 1, 9, 0, tzinfo=UTC))
    assert Suppression.objects.get().address == "weg@firma.de"
    assert find_by_email("max@firma.de").first_name == "Max"
    assert Person.objects.count() == 2


def test_new_presets_need_more_than_two_columns():
    for kind in KINDS:
        for preset in presets(kind):
            if preset.name in ("activecampaign", "pardot"):
                assert all(len(signs) > 2 for signs in preset.signs)
