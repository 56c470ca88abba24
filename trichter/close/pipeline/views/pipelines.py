"""Pipelines as master data."""

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Resource

from ..actions import DealError, save_stages
from ..forms import PipelineForm
from ..models import Pipeline


class Pipelines(Resource):
    """Pipelines and their stages."""

    model = Pipeline
    export_permission = "pipeline.export_deal"
    path = "pipelines/"
    icon = "layout-kanban"
    columns = (
        Column(name="name", lead=True),
        Column(
            name="stages",
            label=gettext_lazy("Stages"),
            sort=(),
            value=lambda row: " → ".join(stage.name for stage in row.stages.all()),
        ),
        Column(name="number", label=gettext_lazy("Number of stages"), kind="number", sort=("number",)),
    )
    prefetch = ("stages",)
    search = ("name",)
    order = "name"
    form = PipelineForm
    fields_template = "pipeline/pipeline_fields.html"
    empty_text = gettext_lazy("A pipeline is the way of a deal from the first talk to the signature.")

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With the number of stages."""
        rows: QuerySet[Any] = super().queryset(user=user).annotate(number=Count("stages"))
        return rows

    @transaction.atomic
    def save(self, *, form: Any, user: Any) -> Any:
        """The pipeline and, when the form has them, its stages."""
        pipeline = form.save()
        if "stages" in form.cleaned_data:
            try:
                save_stages(pipeline=pipeline, stages=form.cleaned_data["stages"])
            except DealError as error:
                transaction.set_rollback(True)
                raise forms.ValidationError(str(error)) from None
        return pipeline
