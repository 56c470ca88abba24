"""Notes on days."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from trichter.core.shell.columns import Column
from trichter.core.shell.filters import period
from trichter.core.shell.resource import Resource

from ..forms import AnnotationForm
from ..models import Annotation


class Annotations(Resource):
    """What happened on a day: markers in the charts."""

    model = Annotation
    path = "traffic/notes/"
    icon = "pin"
    columns = (
        Column(name="day", kind="day"),
        Column(name="text", lead=True),
        Column(name="author", kind="user"),
    )
    search = ("text",)
    order = "-day"
    select = ("author",)
    filters = {"period": period(field="day", label=_("Period"))}
    form = AnnotationForm
    export_permission = "traffic.view_traffic"
    empty_text = _("Note the day on which a campaign began or a price changed; charts then show a marker.")

    def save(self, *, form: Any, user: Any) -> Any:
        """Remember who wrote it first."""
        if form.instance.author_id is None:
            form.instance.author = user
        return form.save()
