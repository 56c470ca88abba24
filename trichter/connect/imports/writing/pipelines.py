"""Pipelines and their stages, made when a file names ones that do not exist."""

from django.utils.translation import gettext as _

from trichter.close.pipeline.models import Pipeline, PipelineStage
from trichter.kit.text import fold

from ..stages import deal_status
from .batch import Batch


class Pipelines:
    """Found by name whatever the capitals. New stages come behind those that exist."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._pipelines: dict[str, Pipeline] = {}
        self._stages: dict[tuple[int, str], PipelineStage] = {}
        self._fresh: list[Pipeline] = []
        self._new_stages: list[PipelineStage] = []
        self._loaded = False

    def load(self) -> None:
        """Read all of them; there are few."""
        if self._loaded:
            return
        self._loaded = True
        for pipeline in Pipeline.objects.order_by("pk"):
            self._pipelines[fold(pipeline.name)] = pipeline
        by_pk = {pipeline.pk: pipeline for pipeline in self._pipelines.values()}
        for stage in PipelineStage.objects.order_by("pipeline", "position", "pk"):
            if stage.pipeline_id in by_pk:
                self._stages[id(by_pk[stage.pipeline_id]), fold(stage.name)] = stage

    def pipeline(self, name: str) -> Pipeline:
        """The pipeline of this name; without a name the first one there is."""
        if not name and self._pipelines:
            return next(iter(self._pipelines.values()))
        name = name or _("Sales")
        found = self._pipelines.get(fold(name))
        if found is None:
            found = self._pipelines[fold(name)] = Pipeline(name=name[:80])
            self._fresh.append(found)
        return found

    def _own(self, pipeline: Pipeline) -> Pipeline:
        """The one object that stands for this pipeline here."""
        return self._pipelines.get(fold(pipeline.name), pipeline)

    def first(self, pipeline: Pipeline) -> PipelineStage | None:
        """The stage where deals begin."""
        known = [stage for (at, _name), stage in self._stages.items() if at == id(self._own(pipeline))]
        return min(known, key=lambda stage: stage.position, default=None)

    def stage(self, pipeline: Pipeline, name: str, *, probability: int | None) -> PipelineStage:
        """The stage of this name; a new one goes to the end."""
        pipeline = self._own(pipeline)
        found = self._stages.get((id(pipeline), fold(name)))
        if found is None:
            end = {"won": 100, "lost": 0}.get(deal_status(name) or "")
            found = PipelineStage(
                pipeline=pipeline,
                name=name[:80],
                position=32_000,
                probability=end if end is not None else 50 if probability is None else probability,
            )
            self._stages[id(pipeline), fold(name)] = found
            self._new_stages.append(found)
        return found

    def spelled(self, pipeline: str, stage: str) -> str:
        """A stage's name as it is stored; as given when it is not known."""
        if pipeline or self._pipelines:
            found = self._pipelines.get(fold(pipeline)) if pipeline else next(iter(self._pipelines.values()))
            known = self._stages.get((id(found), fold(stage))) if found else None
            return known.name if known else stage[:80]
        return stage[:80]

    def _number(self) -> None:
        """New stages come behind the others, those that end a deal last."""
        highest: dict[int, int] = {}
        new = {id(stage) for stage in self._new_stages}
        for (at, _name), stage in self._stages.items():
            if id(stage) not in new:
                highest[at] = max(highest.get(at, 0), stage.position)
        ends = {"open": 0, "won": 1, "lost": 2}
        for stage in sorted(self._new_stages, key=lambda one: ends.get(deal_status(one.name) or "open", 0)):
            at = id(self._own(stage.pipeline))
            highest[at] = stage.position = min(highest.get(at, 0) + 1, 32_000)

    def flush(self) -> None:
        """Insert new ones, one by one: there are few."""
        for pipeline in self._fresh:
            pipeline.save()
            self._batch.created(pipeline, ("name",))
        self._number()
        for stage in self._new_stages:
            stage.pipeline_id = stage.pipeline.pk
            stage.save()
            self._batch.created(stage, ("pipeline_id", "name", "position", "probability"))
        self._fresh, self._new_stages = [], []

    def forget(self) -> None:
        """A dry run goes on as if it had been written."""
        self._fresh, self._new_stages = [], []
