"""Icons are drawn once: a page has a hundred of them, and they took half of its time."""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, cotton_component

register = template.Library()
_MOST = 2_000
_drawn: dict[tuple[tuple[str, int, Any], ...], str] = {}


class IconNode(Node):
    """An icon whose attributes are texts. Its template uses nothing but them, so the same attributes give
    the same text again; what is not known yet is drawn by the component itself.
    """

    def __init__(self, component: CottonComponentNode) -> None:
        self._component = component

    def render(self, context: Context) -> str:
        attrs = self._component._prepared_attrs
        key = tuple(  # with the kind, as a rendered text is escaped already and an equal plain one is not
            (one.key, one.kind, one.compiled.render(context) if one.compiled else one.value) for one in attrs
        )
        found = _drawn.get(key)
        if found is None:
            if len(_drawn) >= _MOST:
                _drawn.clear()
            found = _drawn[key] = self._component.render(context)
        return found


@register.tag("cotton")
def component(parser: Parser, token: Token) -> Any:
    """The tag of django-cotton; icons are remembered, but not while templates are being worked on."""
    node: CottonComponentNode = cotton_component(parser, token)
    plain = all(attr.kind in (AttrKind.STATIC, AttrKind.ESCAPED) for attr in node._prepared_attrs)
    if node.component_name == "icon" and plain and not node.nodelist and not settings.DEBUG:
        return IconNode(node)
    return node
