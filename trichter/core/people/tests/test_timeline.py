from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation

from trichter.core.events import FormSubmitted, PageViewed, registry
from trichter.core.journal.actions import Entry, identify, record, record_many
from trichter.core.people import actions
from trichter.core.people.headlines import TITLES, channel
from trichter.core.people.queries import identities_of
from trichter.core.people.timeline import Moment, events_sql, parse_moment, story, timeline

from .helpers import START, at, person, view, visitor

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.django_db
def test_the_story_joins_all_identities_newest_first_and_folds_visits():
    one, seen = person("max@firma.de"), visitor("v")
    actions.link(identity=seen, person=one, evidence="Formular", at=at(1))
    for minute in (10, 14, 22):
        view(seen, minute, session=7, source="google", medium="cpc")
    record(Entry(fact=FormSubmitted(form="Demo"), at=at(23), identity=seen, session=7))
    actions.log_call(person=one, outcome="reached", minutes=5, summary="Will ein Angebot", at=at(60))
    with translation.override("de"):
        lines = [(line.headline, line.hint) for line in timeline(one, zone=BERLIN).lines]
    assert lines == [
        ("Anruf: erreicht", "5 Min."),
        ("Formular „Demo“ gesendet", ""),
        ("Besuch", "3 Seiten, 12 Min., über Google Ads"),
        ("Verknüpft: Formular", ""),
        ("Verknüpft: Test", ""),
        ("Als Kontakt angelegt", "Test"),
    ]


@pytest.mark.django_db
def test_a_day_is_a_day_in_the_companys_zone():
    one = person("max@firma.de")
    identity = actions.identity_for(person=one)
    view(identity, 13 * 60 + 59)  # 23:59 in Berlin
    view(identity, 14 * 60 + 1)  # 00:01
    days = timeline(one, zone=BERLIN, area="web").days
    assert [(day.day.isoformat(), len(day.lines)) for day in days] == [("2026-03-03", 1), ("2026-03-02", 1)]


@pytest.mark.django_db
def test_reading_on_from_the_cursor_repeats_and_misses_nothing():
    one = person("max@firma.de")
    seen = [visitor("a"), visitor("b")]
    for identity in seen:
        actions.link(identity=identity, person=one, evidence="Akt", at=START)
    for number in range(25):
        view(seen[number % 2], number // 3, session=number % 4 or None)
    whole = timeline(one, zone=BERLIN)
    parts, before = [], None
    while True:
        page = timeline(one, zone=BERLIN, before=before, limit=7)
        parts += page.lines
        if page.older is None:
            break
        before = parse_moment(page.older.token())
    assert whole.older is None
    assert [line.key for line in parts] == [line.key for line in whole.lines]


@pytest.mark.django_db
def test_filters_and_several_people():
    one, two = person("a@x.de", first_name="Anna"), person("b@x.de", first_name="Ben")
    actions.add_note(person=one, text="Hallo", by=None, at=at(5))
    view(identify(kind="email", value="b@x.de"), 6)
    assert [line.detail for line in timeline(one, zone=BERLIN, area="talk").lines] == ["Hallo"]
    lines = story(people=[one.pk, two.pk], zone=BERLIN).lines
    assert [(line.kind, line.person) for line in lines[:2]] == [
        ("page.viewed", "Ben"),
        ("note.added", "Anna"),
    ]


@pytest.mark.django_db
def test_the_statement_walks_the_index():
    one = person("max@firma.de")
    crowd = [visitor(f"v{number}") for number in range(50)]
    record_many([Entry(fact=PageViewed(), at=at(n), identity=crowd[n % 50]) for n in range(2_000)])
    sql, params = events_sql(
        identities=identities_of(one), kinds=None, before=Moment(START + timedelta(days=1), 5), limit=10
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE journal_event")
            cursor.execute(f"EXPLAIN {sql}", params)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "journal_identity_at" in plan


def test_every_title_of_the_vocabulary_is_marked_and_german():
    titles = {
        cls.title
        for cls in registry.values()
        if cls.kind.count(".") == 1 and cls.__module__.startswith("trichter")
    }
    assert titles <= set(TITLES)
    with translation.override("de"):
        assert [title for title in TITLES if translation.gettext(title) == title] == []


def test_tokens_survive_rubbish():
    moment = Moment(START, 7, 1)
    assert parse_moment(moment.token()) == moment
    assert [parse_moment(text) for text in ("", "x~y~z", "2026-01-01T00:00:00~1~0", "2026~1")] == [None] * 4


def test_sources_have_the_names_people_use():
    assert [channel("google", "cpc"), channel("LinkedIn", "social"), channel("fachblatt", "")] == [
        "Google Ads",
        "LinkedIn",
        "fachblatt",
    ]
