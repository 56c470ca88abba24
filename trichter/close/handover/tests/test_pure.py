"""Decisions about routing, business time and steps, by properties and by published dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.close.handover.calendars import (
    Calendar,
    after_business_time,
    elapsed_business_time,
    end_of_business_day,
    holiday_name,
    is_open,
    next_opening,
)
from trichter.close.handover.clocks import Running, Terms, due_steps, next_deadline, read_terms
from trichter.close.handover.routing import Lead, Rep, Rule, decide, in_range, matching, parse_postcodes

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar(zone=BERLIN, country="DE", subdivision="BY")
NIGHT = Calendar(zone=BERLIN, week=dict.fromkeys(range(7), ((time(1), time(5)),)))
ALWAYS = Calendar(zone=BERLIN, week=dict.fromkeys(range(7), ((time(0), time(0)),)))

moments = st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)
).map(lambda at: at.replace(microsecond=0))  # fmt: skip
spans = st.integers(0, 60 * 24 * 20).map(lambda n: timedelta(minutes=n))
calendars = st.sampled_from([OFFICE, NIGHT, ALWAYS])


def local(*parts):
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


@given(moments, spans, spans, calendars)
@settings(max_examples=60)
def test_business_time_adds_up_and_never_exceeds_real_time(start, one, two, calendar):
    middle, end = start + one, start + one + two
    first = elapsed_business_time(start, middle, calendar)
    second = elapsed_business_time(middle, end, calendar)
    assert first + second == elapsed_business_time(start, end, calendar)
    assert timedelta() <= first <= one
    assert elapsed_business_time(end, start, calendar) == timedelta() or end == start


@given(moments, st.integers(1, 3_000), calendars)
@settings(max_examples=60)
def test_the_deadline_is_where_the_time_has_passed(start, minutes, calendar):
    wanted = timedelta(minutes=minutes)
    end = after_business_time(start, wanted, calendar)
    assert elapsed_business_time(start, end, calendar) == wanted
    assert elapsed_business_time(start, end - timedelta(seconds=1), calendar) < wanted


@given(moments, spans, st.lists(st.tuples(spans, spans), max_size=3))
@settings(max_examples=40)
def test_a_pause_takes_away_what_lies_in_it(start, length, pauses):
    end = start + length
    held = [(start + first, start + first + more) for first, more in pauses]
    left = elapsed_business_time(start, end, ALWAYS, pauses=held)
    minutes = {n for since, until in held for n in range(_m(since - start), _m(until - start))}
    assert _m(left) == _m(length) - len(minutes & set(range(_m(length))))


def _m(span):
    return int(span.total_seconds() // 60)


def test_the_days_on_which_clocks_change_have_the_hours_they_have():
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, hours in ((spring, 3), (autumn, 5), (date(2026, 6, 1), 4)):
        start = datetime.combine(day, time(0), tzinfo=BERLIN)
        assert elapsed_business_time(start, start + timedelta(hours=12), NIGHT) == timedelta(hours=hours)
    day = datetime(2026, 3, 29, tzinfo=BERLIN)
    end = datetime(2026, 3, 30, tzinfo=BERLIN)
    assert elapsed_business_time(day, end, ALWAYS) == timedelta(hours=23)


def test_holidays_are_those_of_the_land_and_of_the_canton():
    corpus_christi, berchtold, womens = date(2026, 6, 4), date(2026, 1, 2), date(2026, 3, 8)
    assert holiday_name(day=corpus_christi, country="DE", subdivision="BY") == "Fronleichnam"
    assert not holiday_name(day=corpus_christi, country="DE", subdivision="BE")
    assert holiday_name(day=womens, country="DE", subdivision="BE")
    assert not holiday_name(day=womens, country="DE", subdivision="BY")
    assert holiday_name(day=berchtold, country="CH", subdivision="BE")
    assert not holiday_name(day=berchtold, country="CH", subdivision="UR")
    assert holiday_name(day=date(2026, 10, 26), country="AT") == "Nationalfeiertag"
    assert not holiday_name(day=corpus_christi, country="US")


def test_a_holiday_and_an_exception_move_the_deadline():
    start = local(2026, 6, 3, 16)
    assert after_business_time(start, timedelta(hours=2), OFFICE) == local(2026, 6, 5, 10)
    berlin = replace(OFFICE, subdivision="BE")
    assert after_business_time(start, timedelta(hours=2), berlin) == local(2026, 6, 4, 10)
    short = replace(berlin, exceptions={date(2026, 6, 4): ((time(13), time(15)),)})
    assert after_business_time(start, timedelta(hours=2), short) == local(2026, 6, 4, 14)
    assert next_opening(local(2026, 6, 6, 12), OFFICE) == local(2026, 6, 8, 9)
    assert is_open(local(2026, 6, 8, 9), OFFICE) and not is_open(local(2026, 6, 8, 17), OFFICE)
    assert end_of_business_day(start, 1, OFFICE) == local(2026, 6, 5, 17)
    empty = replace(OFFICE, week={})
    assert after_business_time(start, timedelta(hours=1), empty) is None


def test_steps_come_in_their_order_and_not_before_their_time():
    terms, start = Terms(), local(2026, 6, 1, 9)
    state = Running(start=start)

    def at(minutes):
        now = start + timedelta(minutes=minutes)
        return [(d.clock, d.step) for d in due_steps(state=state, terms=terms, calendar=OFFICE, now=now)]

    assert at(0) == at(44) == [] == at(-600)
    assert at(45) == [("accept", "warn")]
    assert at(59) == [("accept", "warn")]
    assert at(60) == [("accept", "warn"), ("accept", "breach")]
    assert at(75) == [("accept", "warn"), ("accept", "breach"), ("accept", "escalate")]
    assert ("accept", "reassign") in at(120) and ("accept", "reassign") not in at(119)
    assert next_deadline(state=state, terms=terms, calendar=OFFICE) == ("accept", local(2026, 6, 1, 10))
    taken = replace(state, accepted_at=start)
    assert next_deadline(state=taken, terms=terms, calendar=OFFICE) == ("response", local(2026, 6, 1, 13))
    held = replace(state, pauses=((start, None),))
    assert due_steps(state=held, terms=terms, calendar=OFFICE, now=start + timedelta(days=9)) == []
    assert next_deadline(state=replace(state, ended=True), terms=terms, calendar=OFFICE) is None


def test_terms_that_another_release_left_behind_do_not_stop_the_clocks():
    assert read_terms({"accept_minutes": "x", "attempts": -1, "warn_percent": 50}) == Terms(warn_percent=50)
    assert read_terms(None) == Terms()


def test_postcodes_are_ranges_of_prefixes():
    assert parse_postcodes("80-87, 93;A4 ") == (("80", "87"), ("93", "93"), ("A4", "A4"))
    assert in_range("80331", "80", "87") and in_range("87999", "80", "87")
    assert not in_range("88000", "80", "87") and not in_range("", "80", "87")
    assert not in_range("8", "80", "87") and in_range("8001", "8000", "8099")
    for bad in ("8-87", "87-80", "8*", "-"):
        try:
            parse_postcodes(bad)
        except ValueError:
            continue
        raise AssertionError(bad)


ids = st.integers(1, 6)
rep_sets = st.lists(
    st.builds(
        Rep, id=ids, name=st.just("R"), team=st.sampled_from([None, 1, 2]), open=st.integers(0, 5),
        capacity=st.sampled_from([None, 1, 3]), weight=st.integers(1, 3), recent=st.integers(0, 4),
        last=st.sampled_from([0.0, 1.0, 2.0]), absent=st.booleans(), cover=st.one_of(st.none(), ids),
    ),
    max_size=6, unique_by=lambda rep: rep.id,
)  # fmt: skip
leads = st.builds(
    Lead, owner=st.one_of(st.none(), ids), industry=st.sampled_from(["", "maschinenbau", "handel"]),
    employees=st.sampled_from([None, 5, 80]), country=st.sampled_from(["", "DE", "CH"]),
    postcode=st.sampled_from(["", "80331", "10115", "8001"]), language=st.sampled_from(["", "de", "fr"]),
    score=st.integers(-5, 90),
)  # fmt: skip
rule_lists = st.lists(
    st.builds(
        Rule, id=ids, number=ids, name=st.just("rule"), industries=st.sampled_from([(), ("maschinen",)]),
        employees_min=st.sampled_from([None, 50]), countries=st.sampled_from([(), ("DE",)]),
        postcodes=st.sampled_from([(), (("80", "87"),)]), score_min=st.sampled_from([None, 40]),
        rep=st.one_of(st.none(), ids), team=st.sampled_from([None, 1, 2]),
        method=st.sampled_from(["least", "round"]),
    ),
    max_size=4,
)  # fmt: skip


@given(leads, rule_lists, rep_sets, st.sampled_from([None, 1, 2]), st.frozensets(ids, max_size=2))
@settings(max_examples=250)
def test_nobody_absent_or_full_is_chosen_and_every_decision_is_explained(lead, rules, found, fallback, had):
    reps = {rep.id: rep for rep in found}
    asked = {"lead": lead, "rules": rules, "teams": {1: "One", 2: "Two"}, "fallback": fallback}
    decision = decide(reps=reps, exclude=had, **asked)
    backwards = dict(reversed(list(reps.items())))
    assert decision == decide(reps=backwards, exclude=had, **asked)
    assert decision.why
    if decision.rep is None:
        pool = [rep for rep in found if rep.team == fallback and rep.id not in had]
        assert fallback is None or not any(rep.free for rep in pool)
    else:
        assert reps[decision.rep].free and decision.rep not in had
        if decision.rule is not None:
            assert any(
                rule.id == decision.rule and matching(rule=rule, lead=lead) is not None for rule in rules
            )


def test_the_lowest_load_by_weight_wins_and_a_tie_goes_to_who_waited_longest():
    reps = {
        1: Rep(id=1, name="Anna", team=1, open=4, capacity=12, weight=2, last=5.0),
        2: Rep(id=2, name="Bert", team=1, open=2, weight=1, last=3.0),
        3: Rep(id=3, name="Cora", team=1, open=0, absent=True),
    }
    rule = Rule(id=9, number=3, name="PLZ Süd", postcodes=(("80", "87"),), team=1)
    decision = decide(lead=Lead(postcode="80331"), rules=[rule], reps=reps, teams={1: "Süd"})
    assert (decision.rep, decision.rule) == (2, 9)
    assert [why.code for why in decision.why] == ["rule", "team_least"]
    assert decision.why[1].facts["absent"] == 1
    even = {**reps, 2: replace(reps[2], open=3)}
    assert decide(lead=Lead(postcode="80331"), rules=[rule], reps=even, teams={1: "Süd"}).rep == 1
    turn = replace(rule, method="round")
    assert decide(lead=Lead(postcode="80331"), rules=[turn], reps=reps, teams={1: "Süd"}).rep == 2


def test_the_owner_comes_first_and_while_absent_the_one_who_stands_in():
    reps = {
        1: Rep(id=1, name="Anna", absent=True, cover=2), 2: Rep(id=2, name="Bert"),
        3: Rep(id=3, name="Cora", absent=True, cover=4), 4: Rep(id=4, name="Dora", absent=True, cover=3),
    }  # fmt: skip
    found = decide(lead=Lead(owner=1), rules=[], reps=reps, teams={})
    assert found.rep == 2 and [why.code for why in found.why] == ["absent", "cover"]
    circle = decide(lead=Lead(owner=3), rules=[], reps=reps, teams={})
    assert circle.rep is None and circle.why[-1].code == "no_fallback"
