"""The editor: what its fields say, step by step, with and without mistakes."""

import json

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.events import registry
from trichter.measure.funnels import actions
from trichter.measure.funnels.definition import FunnelDefinition
from trichter.measure.funnels.draft import draft_of, place_problems, read_draft
from trichter.measure.funnels.kinds import kind_label
from trichter.measure.funnels.models import Funnel
from trichter.measure.funnels.presets import PRESETS, ensure_presets
from trichter.measure.funnels.texts import TEXTS
from trichter.measure.funnels.validation import MESSAGES

from .test_screens import visit_to_order

RICH = FunnelDefinition.from_json(
    {
        "schema": 1, "name": "Rich", "slug": "rich", "window": 36 * 3_600, "start": "first",
        "steps": [
            {"key": "a", "label": "Stage", "band": "tofu", "match": {
                "kind": "lifecycle.entered", "where": [{"field": "data.stage", "op": "is", "value": "lead"},
                                                       {"field": "data.implied", "op": "is", "value": False}]}},
            {"key": "b", "label": "Paid", "band": "bofu", "within": 90, "match": {
                "kind": "order.paid", "where": [
                    {"field": "value", "op": "gte", "value": 5_050}, {"field": "source", "op": "exists"},
                    {"field": "data.product", "op": "in", "value": ["A", "B"]},
                    {"any_of": [{"field": "source", "op": "is", "value": "google"},
                                {"field": "device", "op": "is", "value": "mobile"}]}]}},
        ],
        "exclusions": [{"match": {"kind": "deal.lost"}, "after_step": 1, "before_step": 2}],
        "breakdown": {"dimension": "campaign", "at": 2, "limit": 5},
    }
)  # fmt: skip


def fields(definition, **changes):
    """The form's fields for a definition, as a browser would send them."""
    draft = draft_of(definition, currency="EUR")
    data = {
        "name": draft.name, "slug": draft.slug, "order": draft.order, "unit": draft.unit, "start": draft.start,
        "window": draft.window, "window_unit": draft.window_unit, "by": draft.by, "at": draft.at,
        "limit": str(draft.limit), "step": [], "exclusion": [],
    }  # fmt: skip
    rows = [("s", "step", draft.steps), ("x", "exclusion", draft.exclusions)]
    for letter, name, matches in rows:
        for number, match in enumerate(matches):
            at = f"{letter}{number}"
            data[name].append(str(number))
            data |= {f"{at}-kind": match.kind, f"{at}-stage": match.stage}
            if letter == "s":
                data |= {f"{at}-key": match.key, f"{at}-label": match.label, f"{at}-band": match.band,
                         f"{at}-within": match.within, f"{at}-within_unit": match.within_unit}  # fmt: skip
            else:
                data |= {f"{at}-after": match.after, f"{at}-before": match.before}
            data[f"{at}-c"] = [str(place) for place in range(len(match.rows))]
            for place, row in enumerate(match.rows):
                data |= {f"{at}-c{place}-field": row.field, f"{at}-c{place}-op": row.op,
                         f"{at}-c{place}-value": row.value, f"{at}-c{place}-raw": row.raw}  # fmt: skip
    return data | changes


def as_query(data):
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


@pytest.mark.parametrize("definition", [RICH, visit_to_order(), *(build() for build in PRESETS.values())])
def test_the_fields_of_a_definition_say_the_same_definition(definition):
    draft = read_draft(as_query(fields(definition)))
    assert FunnelDefinition.from_json(draft.to_json(currency="EUR")) == definition


def test_a_kind_that_only_a_definition_can_name_is_shown_by_its_name():
    with override("de"):
        assert kind_label("segment.joined") == "In ein Segment gekommen"
    assert [kind for kind in registry if kind_label(kind) == kind] == []


def test_rows_are_taken_in_the_order_of_the_page():
    data = fields(visit_to_order(), step=["0", "2", "1"])
    assert [step.label for step in read_draft(as_query(data)).steps] == ["Visit", "Order", "Form"]


def test_a_problem_stands_at_the_field_it_is_about():
    draft = read_draft(as_query(fields(RICH)))
    place_problems(
        draft,
        {"name": ["n"], "steps.0.match.where.1.value": ["v"], "steps.1.band": ["b"], "exclusions.0": ["x"],
         "steps": ["s"]},
    )  # fmt: skip
    assert draft.errors == {"name": ["n"], "steps": ["s"]}
    assert draft.steps[0].rows[0].errors == ["v"]  # the stage has a select of its own
    assert draft.steps[1].errors == {"band": ["b"]}
    assert draft.exclusions[0].errors == {"row": ["x"]}


@pytest.mark.django_db
def test_a_funnel_is_made_changed_copied_and_deleted(login):
    client = login("marketing")
    Funnel.objects.all().delete()
    response = client.post(reverse("funnels:funnel_new"), fields(visit_to_order(), slug=""))
    made = Funnel.objects.get()
    assert response.url == reverse("funnels:funnel_detail", args=["visit-to-order"])
    assert (made.slug, made.default, made.owner) == ("visit-to-order", True, client.user)

    edit = reverse("funnels:funnel_edit", args=[made.slug])
    assert client.post(edit, fields(visit_to_order(), name="New name", do="save")).status_code == 302
    made.refresh_from_db()
    assert made.name == "New name"

    assert client.post(reverse("funnels:funnel_duplicate", args=[made.slug])).status_code == 302
    copy = Funnel.objects.exclude(pk=made.pk).get()
    assert copy.definition["steps"] == made.definition["steps"] and not copy.default

    client.post(reverse("funnels:funnel_default", args=[copy.slug]))
    assert list(Funnel.objects.filter(default=True)) == [copy]
    client.post(reverse("funnels:funnel_delete", args=[copy.slug]))
    assert list(Funnel.objects.filter(default=True)) == [made]


@pytest.mark.django_db
def test_mistakes_are_said_at_their_field_and_nothing_is_stored(login):
    client = login("marketing")
    before = Funnel.objects.count()
    data = fields(visit_to_order(), name="", window="-3", **{"s1-kind": "no.such", "s2-label": ""})
    response = client.post(reverse("funnels:funnel_new"), data)
    assert response.status_code == 422
    draft = response.context["draft"]
    assert draft.errors["name"] == ["Bitte geben Sie dem Trichter einen Namen."]
    assert draft.errors["window"] == ["Eine Frist ist eine ganze Zahl größer als null."]
    assert draft.steps[2].errors["label"] and Funnel.objects.count() == before


@pytest.mark.django_db
def test_a_taken_short_name_is_refused(login):
    actions.create_funnel(definition=visit_to_order(), owner=None)
    client = login("marketing")
    for slug in ("visit-to-order", "new"):
        response = client.post(reverse("funnels:funnel_new"), fields(visit_to_order(), slug=slug))
        assert response.status_code == 422
        assert response.context["draft"].errors["slug"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("do", "labels"),
    [("add", ["Visit", "Form", "Order", ""]), ("remove:1", ["Visit", "Order"]), ("up:2", ["Visit", "Order", "Form"]),
     ("down:0", ["Form", "Visit", "Order"]), ("up:0", ["Visit", "Form", "Order"]), ("remove:99", ["Visit", "Form", "Order"]),
     ("remove:", ["Visit", "Form", "Order"])],
)  # fmt: skip
def test_rows_come_go_and_move_without_scripts(login, do, labels):
    response = login("marketing").post(reverse("funnels:funnel_new"), fields(visit_to_order(), do=do))
    assert response.status_code == 200
    assert [step.label for step in response.context["draft"].steps] == labels


@pytest.mark.django_db
def test_json_is_taken_over_or_refused_with_the_place(login):
    client = login("marketing")
    address = reverse("funnels:funnel_new")
    response = client.post(address, fields(visit_to_order(), do="import", json=RICH.dumps()))
    assert [step.label for step in response.context["draft"].steps] == ["Stage", "Paid"]
    for text in ("", "{", "[]", json.dumps({"schema": 1}), "[" * 100_000, "\x00"):
        response = client.post(address, fields(visit_to_order(), do="import", json=text))
        assert response.status_code == 422
        assert response.context["json_problems"]


@pytest.mark.django_db
def test_the_preview_counts_the_last_90_days(login):
    response = login("marketing").post(reverse("funnels:funnel_new"), fields(visit_to_order(), do="preview"))
    assert response.context["entered"] == 0
    broken = fields(visit_to_order(), do="preview", name="")
    assert login("marketing").post(reverse("funnels:funnel_new"), broken).context["problems"] == 1


NASTY = st.one_of(
    st.text(max_size=15),
    st.sampled_from(["", "-1", "9" * 30, "²", "\x00", "nan", "inf", "1e999", "{", "[[", "null"]),
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_form_breaks_the_editor(client, django_user_model, data):
    user, _new = django_user_model.objects.get_or_create(email="root@example.com", is_superuser=True)
    client.force_login(user)
    sent = fields(RICH)
    for name in data.draw(st.lists(st.sampled_from([*sent, "do", "json"]), max_size=6)):
        sent[name] = data.draw(st.lists(NASTY, max_size=3))
    response = client.post(reverse("funnels:funnel_new"), sent)
    assert response.status_code in (200, 302, 422)


@pytest.mark.django_db
def test_presets_come_once_and_never_come_back():
    assert Funnel.objects.count() == 3  # with the tables
    assert Funnel.objects.get(default=True).preset == "lifecycle"
    Funnel.objects.get(preset="shop").delete()
    ensure_presets()
    assert Funnel.objects.count() == 2


@pytest.mark.django_db
def test_a_migration_after_everything_was_deleted_brings_nothing_back():
    from django.core.management import call_command

    Funnel.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert Funnel.objects.count() == 0


def test_every_sentence_of_the_checks_is_marked_for_translation():
    assert set(MESSAGES.values()) - set(TEXTS) == set()
