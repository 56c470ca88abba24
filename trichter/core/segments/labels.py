"""Names of fields and comparisons, and rules in words."""

from datetime import date
from typing import Any, Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.consent.models import Channel, Purpose
from trichter.core.lifecycle.labels import kind_label
from trichter.core.lifecycle.scoring.model import GRADES
from trichter.core.lifecycle.wording import match_words
from trichter.core.people.models import Person
from trichter.core.people.panels import stage_names
from trichter.core.shell.queries import installation
from trichter.kit.money import Money

from .models import Segment
from .rules.judging import Seen
from .rules.model import (
    Consented,
    Field,
    Group,
    Happened,
    Leaf,
    Mailed,
    Member,
    Ordered,
    When,
    happened_of,
)

Text = str | Promise

FIELDS: Final[dict[str, Text]] = {
    "first_name": _("First name"), "last_name": _("Last name"), "email": _("E-mail address"),
    "phone": _("Telephone"), "mobile": _("Mobile"), "job_title": _("Job title"), "title": _("Academic title"),
    "street": _("Street"), "postcode": _("Postcode"), "city": _("City"), "source": _("First source"),
    "medium": _("First medium"), "salutation": _("Salutation"),
    "address_form": _("Form of address"), "buying_role": _("Role in the buying centre"),
    "country": _("Country"), "language": _("Language"), "stage": _("Stage"), "owner": _("Owner"),
    "tags": _("Tags"), "score": _("Score: behaviour points"), "fit": _("Score: fit points"),
    "grade": _("Score: grade of fit"), "created_at": _("Created on"), "first_seen_at": _("First seen"),
    "last_seen_at": _("Last activity"), "company.name": _("Company: name"),
    "company.domain": _("Company: domain"), "company.industry": _("Company: industry"),
    "company.postcode": _("Company: postcode"), "company.city": _("Company: city"),
    "company.country": _("Company: country"), "company.employees": _("Company: employees"),
}  # fmt: skip
CHOICES: Final[dict[str, list[tuple[str, Text]]]] = {
    "salutation": list(Person.Salutation.choices[1:]), "address_form": list(Person.AddressForm.choices[1:]),
    "buying_role": list(Person.BuyingRole.choices[1:]), "grade": [(grade, grade) for grade in GRADES],
}  # fmt: skip
OPS: Final[dict[str, Text]] = {
    "is": _("is"), "is_not": _("is not"), "contains": _("contains"), "not_contains": _("does not contain"),
    "starts_with": _("starts with"), "ends_with": _("ends with"), "in": _("is one of (comma)"),
    "not_in": _("is none of (comma)"), "gt": _("more than"), "gte": _("at least"), "lt": _("less than"),
    "lte": _("at most"), "between": _("between (two values, comma)"), "empty": _("is empty"),
    "not_empty": _("is not empty"), "within": _("lies"), "anniversary": _("has its anniversary within days"),
}  # fmt: skip
WHENS: Final[dict[str, Text]] = {
    "last_days": _("in the last … days"), "older_days": _("more than … days ago"),
    "since": _("since the day"), "before": _("before the day"), "between": _("between two days"),
}  # fmt: skip
MAILS: Final[dict[str, Text]] = {
    "sent": _("Mail received"), "opened": _("Mail opened"), "clicked": _("Link in mail clicked"),
    "bounced": _("Mail came back"),
}  # fmt: skip
ORDERS: Final[dict[str, Text]] = {
    "count": _("Number of paid orders"), "sum": _("Sum of paid orders"), "last": _("Last paid order"),
}  # fmt: skip
MODES: Final[dict[str, Text]] = {
    "all": _("All of these hold"), "any": _("One of these holds"), "none": _("None of these holds"),
}  # fmt: skip

MODES_SHORT: Final[dict[str, Text]] = {
    "all": _("All (and)"), "any": _("One (or)"), "none": _("None (not)"),
}  # fmt: skip
JOINTS: Final[dict[str, Text]] = {
    "all": pgettext_lazy("between conditions", "and"), "any": pgettext_lazy("between conditions", "or"),
    "none": pgettext_lazy("between conditions", "nor"),
}  # fmt: skip


def sentence(group: Group, *, inside: bool = False) -> str:
    """A whole rule in one sentence; inner groups stand in brackets."""
    parts = [sentence(one, inside=True) if isinstance(one, Group) else words(one) for one in group.parts]
    if not parts:
        return str(_now("nobody") if group.mode == "any" else _now("everybody"))
    if group.mode == "none":
        # “Not (A or B)” says the same as “neither A nor B” and cannot be misread.
        text = f" {JOINTS['any']} ".join(parts)
        return _now("not (%(conditions)s)") % {"conditions": text}
    text = f" {JOINTS[group.mode]} ".join(parts)
    return f"({text})" if inside and len(parts) > 1 else text


def words(part: Group | Leaf) -> str:
    """A condition in one sentence; a group's heading."""
    if isinstance(part, Group):
        return str(MODES[part.mode])
    if isinstance(part, Field):
        return f"{FIELDS[part.name]} {_field_words(part)}".strip()
    if isinstance(part, Ordered):
        if part.measure == "last":
            return f"{ORDERS['last']} {when_words(part.when)}"
        value = part.value if isinstance(part.value, tuple) else (part.value,)
        shown = " – ".join(_money(one) if part.measure == "sum" else str(one) for one in value)
        return f"{ORDERS[part.measure]} {_plain_op(part.op)} {shown} {when_words(part.when)}".strip()
    if isinstance(part, Consented):
        purpose = Purpose.objects.filter(key=part.purpose).first()
        name = f"{purpose.name if purpose else part.purpose} ({_channel(part.channel)})"
        text = _now("Consent given: %(name)s") if part.given else _now("No consent: %(name)s")
        return text % {"name": name}
    if isinstance(part, Member):
        segment = Segment.objects.filter(pk=part.segment).first()
        text = _now("In the segment “%(name)s”") if part.member else _now("Not in the segment “%(name)s”")
        return text % {"name": segment.name if segment else f"#{part.segment}"}
    return _happened_words(part)


def _happened_words(part: Happened | Mailed) -> str:
    what = str(MAILS[part.what]) if isinstance(part, Mailed) else match_words(part.match)
    if isinstance(part, Mailed) and part.mailing:
        what += f" ({part.mailing})"
    if part.pick != "any":
        often = _now("the first time") if part.pick == "first" else _now("the last time")
    elif part.at_most == 0:
        often = _now("never")
    elif part.at_most is not None:
        often = ngettext("at most %(n)s time", "at most %(n)s times", part.at_most) % {"n": part.at_most}
    elif part.at_least > 1:
        often = ngettext("at least %(n)s time", "at least %(n)s times", part.at_least) % {"n": part.at_least}
    else:
        often = ""
    return " ".join(text for text in (f"{what}:" if often else what, often, when_words(part.when)) if text)


def _field_words(leaf: Field) -> str:
    if leaf.op == "within":
        assert isinstance(leaf.value, When)
        return when_words(leaf.value)
    if leaf.op == "anniversary":
        return _now("has its anniversary within %(n)s days") % {"n": leaf.value}
    values = leaf.value if isinstance(leaf.value, tuple) else () if leaf.value is None else (leaf.value,)
    return f"{_plain_op(leaf.op)} {', '.join(value_words(leaf.name, one) for one in values)}".strip()


def _plain_op(op: str) -> str:
    return str(OPS[op]).partition(" (")[0]


def when_words(when: When | None) -> str:
    """A span of days."""
    if when is None:
        return ""
    if when.op == "last_days":
        return _now("today") if when.days == 1 else _now("in the last %(n)s days") % {"n": when.days}
    if when.op == "older_days":
        text = _now("before today") if when.days == 1 else _now("more than %(n)s days ago")
        return text % {"n": when.days}
    if when.op == "between":
        span = {"first": _day(when.first), "until": _day(when.until)}
        return _now("from %(first)s to %(until)s") % span
    text = _now("since %(day)s") if when.op == "since" else _now("before %(day)s")
    return text % {"day": _day(when.first)}


def value_words(name: str, value: object) -> str:
    """A field's value as people read it."""
    if value in (None, "") or value == frozenset():
        return _now("empty")
    if name == "stage" and str(value) in stage_names():
        return str(stage_names()[str(value)].label)
    if name in CHOICES:
        return str(dict(CHOICES[name]).get(str(value), value))
    if name == "owner":
        user = User.objects.filter(pk=str(value)).first() if str(value).isdigit() else None
        return str(user or value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return formats.date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def found_words(leaf: Leaf, found: Any) -> str:
    """What was found about a person when a condition was looked at."""
    if isinstance(found, Seen):
        if not found.times or found.last is None:
            return _now("never in that time") if getattr(leaf, "when", None) else _now("never")
        text = ngettext("%(n)s time, last on %(day)s", "%(n)s times, last on %(day)s", found.times)
        return text % {"n": found.times, "day": _day(found.last)}
    if isinstance(leaf, Ordered):
        return _money(found) if leaf.measure == "sum" else str(found)
    if isinstance(leaf, Field):
        return value_words(leaf.name, found)
    if isinstance(leaf, Consented):
        return str(STATES.get(found, found))
    return _now("is a member") if found else _now("is not a member")


STATES: Final[dict[str, Text]] = {
    "given": _("given"), "withdrawn": _("withdrawn"), "refused": _("refused"), "expired": _("expired"),
    "none": _("nothing on record"),
}  # fmt: skip


def leaf_label(leaf: Leaf) -> str:
    """What a condition is about."""
    happened = happened_of(leaf)
    return str(kind_label(happened.match.kind)) if happened else words(leaf)


def _channel(key: str) -> str:
    return str(dict(Channel.choices).get(key, key))


def _money(minor: int) -> str:
    return Money(minor, installation().currency).format(get_language() or "en")


def _day(day: date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""
