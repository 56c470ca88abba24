"""Names of tables for people."""

from django import template

from ..labels import table_of

register = template.Library()


@register.filter
def model_name(label: str) -> str:
    """“Notes” for people.Note."""
    return table_of(label)
