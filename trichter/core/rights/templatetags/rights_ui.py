"""Names of tables for people."""

from django import template
from django.apps import apps
from django.utils.text import capfirst

register = template.Library()


@register.filter
def model_name(label: str) -> str:
    """“Notes” for people.Note."""
    return str(capfirst(apps.get_model(label)._meta.verbose_name_plural))
