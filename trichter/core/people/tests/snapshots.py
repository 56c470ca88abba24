"""The whole state around people, as comparable values."""

from typing import Any

from django.apps import apps

from trichter.core.people.models import Merge, Person

_LEFT_OUT = {"people.merge", "people.companymerge", "people.duplicate"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that points to a person, and the people themselves."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        points = any(getattr(field, "related_model", None) is Person for field in model._meta.fields)
        if (model is Person or points) and label not in _LEFT_OUT:
            found[label] = list(model._base_manager.order_by("pk").values())
    assert Merge._meta.label_lower in _LEFT_OUT
    return found
