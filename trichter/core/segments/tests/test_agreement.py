"""What is worked out for everybody at once is what the plain evaluation says of each; stored is what holds."""

from contextlib import ExitStack
from unittest import mock

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.sizes import size
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle.models import Standing
from trichter.core.people.actions import merges
from trichter.core.people.actions.people import add_tags, update_person
from trichter.core.people.models import Company, Person
from trichter.core.segments import columns, deeds, jobs, queries
from trichter.core.segments.actions import create_segment
from trichter.core.segments.columns import Everybody
from trichter.core.segments.facts import Needs, facts_of, moment_at
from trichter.core.segments.models import Cause, Check, Membership, Segment
from trichter.core.segments.rules.judging import explain, matches
from trichter.core.segments.rules.reading import read_rule
from trichter.core.segments.updating import look_at_everybody

from . import strategies as draw

EXAMPLES = size(usual=30, full=1_000)


def judged(rule, moment):
    facts = facts_of(people=list(Person.objects.values_list("pk", flat=True)), needs=Needs.of([rule]))
    found = []
    for pk, one in facts.items():
        holds = matches(rule, one, moment)
        assert explain(rule, one, moment).holds == holds
        found += [pk] if holds else []
    return sorted(found)


@pytest.mark.sized
class TestBothAgree(TestCase):
    @settings(max_examples=EXAMPLES)
    @given(draw.worlds, st.lists(draw.rules, min_size=6, max_size=6), st.sets(st.integers(0, 3)))
    def test_on_random_people_and_journals(self, world, rules, inside):
        people = draw.build(world)
        Person.objects.create(first_name="merged", merged_into=people[0], created_at=draw.NOW)
        Segment.objects.filter(pk=1).delete()
        Segment.objects.create(pk=1, name="Liste", kind="static")
        for number in inside:
            if number < len(people):
                Membership.objects.create(segment_id=1, person=people[number], since=draw.NOW)
        moment = moment_at(draw.NOW)
        everybody = Everybody(moment=moment)
        for rule in rules:
            assert everybody.ids(rule) == judged(rule, moment), rule

    @settings(max_examples=EXAMPLES)
    @given(draw.worlds, st.lists(draw.rules, min_size=6, max_size=6))
    def test_on_many_rules_together_read_in_tiny_parts(self, world, rules):
        """Rules share passes over columns and kinds, and what is read and held at once is bounded."""
        draw.build(world)
        moment = moment_at(draw.NOW)
        limits = {
            columns: {"_ROWS": 2, "_PAIRS": 2, "_FEW": 0, "_TEXTS": 1, "_VALUES": 2, "_BYTES": 1},
            deeds: {"_ROWS": 2, "_HELD": 3, "_TEXTS": 1, "_BYTES": 40, "_SMALL": 1},
        }
        with ExitStack() as small:
            for module, values in limits.items():
                small.enter_context(mock.patch.multiple(module, **values))
            everybody = Everybody(moment=moment)
            everybody.learn(rules)
            found = [everybody.ids(rule) for rule in rules]
        assert found == [judged(rule, moment) for rule in rules]

    @settings(max_examples=60)
    @given(draw.rules)
    def test_a_rule_survives_its_json(self, rule):
        assert read_rule(rule.to_json()) == rule


changes = st.one_of(
    st.tuples(st.just("event"), st.integers(0, 3), draw.events),
    st.tuples(st.just("consent"), st.integers(0, 3), draw.consents),
    st.tuples(st.just("city"), st.integers(0, 3), st.sampled_from(draw.TEXTS)),
    st.tuples(st.just("standing"), st.integers(0, 3), st.none() | draw.standings),
    st.tuples(st.just("tag"), st.integers(0, 3), st.sampled_from(draw.TAGS)),
    st.tuples(st.just("company"), st.just(0), st.sampled_from(draw.TEXTS)),
    st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("follow"), st.just(0), st.none()),
)


class TestFollowing(TestCase):
    @settings(max_examples=max(10, EXAMPLES // 3))
    @given(draw.worlds, st.lists(draw.rules, min_size=3, max_size=3), st.lists(changes, max_size=6))
    def test_what_is_stored_is_what_the_rules_say(self, world, rules, steps):
        """Edits, events, consents and merges in any order; the nightly check then finds nothing to repair."""
        now = timezone.now()
        people = draw.build(world)
        base = create_segment(name="Basis", rule={"all": [{"field": "city", "op": "not_empty"}]})
        for number, rule in enumerate(rules):
            data = _pointing_to(rule.to_json(), base.pk)
            if rule.parts:
                create_segment(name=f"S{number}", rule=data)
        for what, who, detail in steps:
            row = people[min(who, len(people) - 1)]
            _apply(what, row, detail, people)
        catch_up(names=["segments"])
        for one in queries.live():
            stored = sorted(queries.member_ids(segment=one.id))
            assert stored == judged(one.rule, moment_at(now)), one.rule
            assert Segment.objects.get(pk=one.id).size == len(stored)
        wrong = look_at_everybody(segments=queries.live(), cause=Cause.CHECK, now=timezone.now())
        assert wrong == 0


def _pointing_to(data, pk):
    """The rule with every reference to a segment set to one that exists."""
    if isinstance(data, list):
        return [_pointing_to(one, pk) for one in data]
    if isinstance(data, dict):
        plain = {key: _pointing_to(value, pk) for key, value in data.items()}
        return plain | {"segment": pk} if "segment" in data else plain
    return data


def _apply(what, row, detail, people):
    row.refresh_from_db()
    match what:
        case "event" if row.merged_into_id is None:
            draw.write_events(row, [detail])
        case "consent" if row.merged_into_id is None:
            from trichter.core.events import ConsentGiven
            from trichter.core.journal.actions import Entry, record
            from trichter.core.people.actions.links import identity_for

            draw.write_consents(row, [detail])
            fact = ConsentGiven(purpose="newsletter", channel="email", record=1)
            record(Entry(fact=fact, at=timezone.now(), identity=identity_for(person=row)))
        case "city" if row.merged_into_id is None:
            update_person(person=row, changes={"city": detail}, evidence="x", at=timezone.now())
        case "standing" if detail is None:
            Standing.objects.filter(person=row).delete()
        case "standing":
            draw.stand(row, detail)
        case "tag":
            add_tags(people=[row.pk], names=[detail])
        case "company":
            Company.objects.filter(name="A").update(city=detail)
        case "merge":
            other = people[min(detail, len(people) - 1)]
            other.refresh_from_db()
            if other.pk != row.pk and row.merged_into_id is None and other.merged_into_id is None:
                merges.merge(survivor=row, absorbed=other, reason="", by=None)
        case "follow":
            catch_up(names=["segments"])


class TestTheCheck(TestCase):
    def test_it_puts_right_and_reports(self):
        class Context:
            def progress(self, *, done, total):
                pass

        people = draw.build([{**_PLAIN, "city": "Köln"}, _PLAIN])
        segment = create_segment(name="K", rule={"all": [{"field": "city", "op": "is", "value": "köln"}]})
        assert list(queries.member_ids(segment=segment.pk)) == [people[0].pk]
        catch_up(names=["segments"])
        Membership.objects.update(person=people[1])
        jobs.everybody_is_where_they_should_be(Context())
        assert list(queries.member_ids(segment=segment.pk)) == [people[0].pk]
        assert Check.objects.get().wrong == 2
        jobs.everybody_is_where_they_should_be(Context())
        assert queries.last_check().wrong == 0


_PLAIN = {
    "city": "", "job_title": "", "country": "", "score": 0, "standing": None, "age": 3, "seen": None, "company": None, "tags": (),
    "events": [], "consents": [],
}  # fmt: skip
