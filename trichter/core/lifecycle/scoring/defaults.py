"""The score model an installation starts with."""

from typing import Any, Final

from ..texts import LABELS

Json = dict[str, Any]

WRITTEN: Final = {
    "de": "Verhalten: Was jemand tut, gibt Punkte; sie verblassen mit der Zeit. Was Automaten tun, zählt "
    "nicht. Passung: Was wir über Person und Unternehmen wissen, ergibt die Note A bis D; wer noch nicht "
    "bekannt ist, hat C.",
    "en": "Behaviour: what somebody does gives points, which fade with time. What machines do does not "
    "count. Fit: what we know of person and company makes the grade, A to D; who is not known yet has C.",
}
_DECIDERS = (
    "geschäftsführ",
    "inhaber",
    "vorstand",
    "leiter",
    "leitung",
    "ceo",
    "cto",
    "cfo",
    "head of",
    "director",
)
_LEARNERS = ("student", "praktik", "azubi", "bewerb", "trainee")


def _row(key: str, label: str, kind: str, points: int, *where: Json, **more: Any) -> Json:
    return {
        "key": key,
        "label": label,
        "match": {"kind": kind, "where": list(where)},
        "points": points,
    } | more


def _page(pattern: str) -> Json:
    return {"field": "page", "op": "matches_path", "value": pattern}


def _fit(key: str, label: str, points: int, *where: Json) -> Json:
    return {"key": key, "label": label, "where": list(where), "points": points}


def _of(name: str, op: str, value: Any) -> Json:
    return {"field": f"data.{name}", "op": op, "value": value}


def _half(days: int) -> Json:
    return {"decay": {"half_life": days}}


def default_model(*, language: str) -> Json:
    """The model as JSON data, with labels in `de` or `en`."""

    def label(key: str) -> str:
        return LABELS[key][language]

    demo: Json = {"field": "data.form", "op": "contains", "value": "demo"}
    no_demo: Json = {"field": "data.form", "op": "not_contains", "value": "demo"}
    behaviour = [
        _row("page", label("page"), "page.viewed", 1, cap=8, **_half(90)),
        _row("pricing", label("pricing"), "page.viewed", 10, _page("/preise*"), cap=3, **_half(60)),
        _row("download", label("download"), "file.downloaded", 12, per="value", field="data.asset", cap=3,
             **_half(90)),
        _row("form", label("form"), "form.submitted", 5, no_demo, per="value", field="data.form", cap=2,
             **_half(180)),
        _row("demo", label("demo"), "form.submitted", 40, demo, per="once", **_half(180)),
        _row("opened", label("opened"), "mail.opened", 1, cap=3, per="day", **_half(60)),
        _row("clicked", label("clicked"), "mail.clicked", 4, cap=3, per="day", **_half(90)),
        _row("optin", label("optin"), "optin.confirmed", 5, per="once"),
        _row("call", label("call"), "call.logged", 10, cap=2, **_half(180)),
        _row("meeting", label("meeting"), "meeting.held", 25, cap=2, **_half(180)),
        _row("career", label("career"), "page.viewed", -15, _page("/karriere*"), cap=2, **_half(180)),
    ]  # fmt: skip
    fit = [
        _fit("size-s", label("size-s"), 10, _of("employees", "gte", 10), _of("employees", "lte", 49)),
        _fit("size-m", label("size-m"), 20, _of("employees", "gte", 50), _of("employees", "lte", 249)),
        _fit("size-l", label("size-l"), 15, _of("employees", "gte", 250)),
        _fit(
            "decider", label("decider"), 15, {"any_of": [_of("role", "contains", one) for one in _DECIDERS]}
        ),
        _fit(
            "learner", label("learner"), -30, {"any_of": [_of("role", "contains", one) for one in _LEARNERS]}
        ),
        _fit("dach", label("dach"), 5, _of("country", "in", ["DE", "AT", "CH"])),
        _fit("work-mail", label("work-mail"), 5, _of("mail", "in", ["company"])),
        _fit("free-mail", label("free-mail"), -10, _of("mail", "in", ["free"])),
    ]
    return {"groups": [], "behaviour": behaviour, "fit": fit, "grades": {"a": 35, "b": 20, "c": -15}}
