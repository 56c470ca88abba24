"""Exports as other systems write them, imported without touching the mapping."""

from datetime import UTC, datetime

import pytest

from trichter.close.pipeline.models import Deal
from trichter.connect.imports.tests.helpers import bring_in, counts, problems, write
from trichter.core.journal.models import Event
from trichter.core.people.models import Company, Person
from trichter.core.people.queries import emails_of, find_by_email, find_by_key

pytestmark = pytest.mark.django_db

HUBSPOT = """\
"Record ID","First Name","Last Name","Email","Phone Number","Contact owner","Associated Company","Lead Status",\
"Create Date","Lifecycle Stage","Job Title","Country/Region","Original Traffic Source"
"101","Eva","Groß","eva.gross@firma.de","+49 30 1234567","","Firma AG","NEW","2025-01-07 14:03","Lead","CFO",\
"Germany","Organic Search"
"102","Max","Muster","MAX@Firma.DE","","","Firma AG","","2025-02-11 09:30","","","Austria","Offline Sources"
"""
SALESFORCE = """\
"Contact ID","Salutation","First Name","Last Name","Title","Account Name","Mailing Street","Mailing City",\
"Mailing Zip/Postal Code","Mailing Country","Phone","Mobile","Email","Lead Source","Created Date"
"0035g00000A1","Ms.","Eva","Groß","CFO","Firma AG","Ring 1","Köln","50667","Germany","030 1234567","",\
"eva@firma.de","Web","25.11.2024"
"0035g00000A2","Mr.","Max","Muster","","Firma AG","","","","Deutschland","","+49 170 1234567","max@firma.de","","01.12.2024"
"""
PIPEDRIVE = """\
Person - Name,Person - Organization,Person - Email - Work,Person - Email - Home,Person - Phone - Work,\
Person - Person created,Person - ID,Person - Labels
Dr. Eva Groß,Firma AG,eva@firma.de,eva@gmx.de,+49 30 1234567,2025-01-07 13:03:11,11,"Hot lead, Customer"
"""
ZOHO = """\
Record Id,Contact Owner,First Name,Last Name,Account Name,Email,Secondary Email,Phone,Mailing Zip,Mailing City,\
Created Time,Lead Source,Tag,Email Opt Out
zcrm_4150868000000,Jonas Keller,Eva,Groß,Firma AG,eva@firma.de,eva@gmx.de,030 1234567,50667,Köln,\
2025-01-07 14:03:11,Messe,VIP,false
"""
MAILCHIMP = """\
"Email Address","First Name","Last Name","MEMBER_RATING","OPTIN_TIME","OPTIN_IP","CONFIRM_TIME","CONFIRM_IP",\
"LATITUDE","LONGITUDE","GMTOFF","DSTOFF","TIMEZONE","CC","REGION","LAST_CHANGED","LEID","EUID","NOTES","TAGS"
"eva@firma.de","Eva","Groß","2","2025-01-07 13:00:00","203.0.113.7","2025-01-07 13:03:11","203.0.113.7",\
"","","","","","DE","","2025-02-01 10:00:00","12345","abc","","""
MAILCHIMP += '"""Messe 2025"",""VIP"""\n'


def test_hubspot(tmp_path):
    table = bring_in("contacts", write(tmp_path / "hubspot.csv", HUBSPOT))
    assert (table.run.preset, counts(table), problems(table)) == ("hubspot", (2, 2, 0, 0, 0), [])
    eva = find_by_key("hubspot", "101")
    assert (eva.first_name, eva.last_name, eva.job_title, eva.country) == ("Eva", "Groß", "CFO", "DE")
    assert eva.created_at == datetime(2025, 1, 7, 13, 3, tzinfo=UTC)
    assert Company.objects.get().name == "Firma AG"
    assert Event.objects.filter(kind="contact.created", source="Organic Search").count() == 1


def test_salesforce(tmp_path):
    table = bring_in("contacts", write(tmp_path / "sf.csv", SALESFORCE))
    assert (table.run.preset, counts(table), problems(table)) == ("salesforce", (2, 2, 0, 0, 0), [])
    eva = find_by_key("salesforce", "0035g00000A1")
    assert (eva.salutation, eva.job_title, eva.postcode, eva.street) == ("ms", "CFO", "50667", "Ring 1")
    assert eva.phone == "+49301234567"


def test_pipedrive(tmp_path):
    table = bring_in("contacts", write(tmp_path / "pd.csv", PIPEDRIVE))
    assert (table.run.preset, counts(table), problems(table)) == ("pipedrive", (1, 1, 0, 0, 0), [])
    eva = Person.objects.get()
    assert (eva.title, eva.first_name, eva.last_name) == ("Dr.", "Eva", "Groß")
    assert emails_of(eva) == ["eva@firma.de", "eva@gmx.de"]
    assert sorted(eva.tags.values_list("name", flat=True)) == ["Customer", "Hot lead"]


def test_zoho(tmp_path, make_user):
    jonas = make_user("sales", first_name="Jonas", last_name="Keller")
    table = bring_in("contacts", write(tmp_path / "zoho.csv", ZOHO))
    assert (table.run.preset, counts(table), problems(table)) == ("zoho", (1, 1, 0, 0, 0), [])
    eva = find_by_email("eva@gmx.de")
    assert (eva.owner, eva.postcode, eva.email) == (jonas, "50667", "eva@firma.de")


def test_mailchimp_brings_its_proof_of_consent(tmp_path):
    table = bring_in("contacts", write(tmp_path / "mc.csv", MAILCHIMP))
    assert (table.run.preset, counts(table)) == ("mailchimp", (1, 1, 0, 0, 0))
    consent = Event.objects.get(kind="optin.confirmed")
    assert consent.at == datetime(2025, 1, 7, 12, 3, 11, tzinfo=UTC)
    assert "203.0.113.7" in consent.data["proof"]
    assert sorted(find_by_email("eva@firma.de").tags.values_list("name", flat=True)) == ["Messe 2025", "VIP"]


def test_one_person_from_two_systems(tmp_path):
    bring_in("contacts", write(tmp_path / "h.csv", HUBSPOT.replace("eva.gross@", "eva@")))
    table = bring_in("contacts", write(tmp_path / "s.csv", SALESFORCE))
    assert counts(table)[1] == 0
    assert find_by_key("hubspot", "101") == find_by_key("salesforce", "0035g00000A1")
    assert Person.objects.count() == 2


def test_salesforce_opportunities_become_won_and_lost_deals(tmp_path):
    rows = (
        "Opportunity ID,Opportunity Name,Stage,Amount,Amount Currency,Close Date,Created Date,Account Name,"
        "Probability (%),Opportunity Owner,Loss Reason\n"
        '006A,Großauftrag,Closed Won,"12.000,00",EUR,15.03.2025,01.02.2025,Firma AG,100,,\n'
        '006B,Pech,Closed Lost,"500,00",EUR,16.03.2025,02.02.2025,Firma AG,0,,Preis\n'
        '006C,Offen,Negotiation,"700,00",EUR,31.12.2099,03.02.2025,Firma AG,60,,\n'
    )
    table = bring_in("deals", write(tmp_path / "o.csv", rows))
    assert table.run.preset == "salesforce"
    assert counts(table) == (3, 3, 0, 0, 0)
    found = Deal.objects.order_by("external_id").values_list(
        "status", "amount", "lost_reason", "company__name"
    )
    assert list(found) == [
        ("won", 1200000, "", "Firma AG"), ("lost", 50000, "Preis", "Firma AG"), ("open", 70000, "", "Firma AG"),
    ]  # fmt: skip
    assert {code for _, _, code, _ in problems(table)} == {"no_person"}
    assert Deal.objects.get(external_id="006C").stage.probability == 60


def test_pipedrive_deals_find_their_company_by_whichever_column_is_exported(tmp_path):
    text = (
        "Deal - ID,Deal - Title,Deal - Value,Deal - Stage,Person - Name,Person - Email,Organization - Name\n"
        "1,Lizenz,100,Demo,Eva Groß,eva@firma.de,Firma AG\n"
    )
    bring_in("deals", write(tmp_path / "pd.csv", text))
    deal = Deal.objects.get()
    assert (str(deal.company), deal.person.email) == ("Firma AG", "eva@firma.de")
