"""Reads: pages for lists, feeds and menus, and where the content has gaps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Revision, WorkflowState

from .models import ContentPage, EpisodePage, PaperKind, Persona, Phase

PER_PAGE = 12


def published() -> QuerySet[ContentPage]:
    """Live pages that everybody may see."""
    found: QuerySet[ContentPage] = ContentPage.objects.live().public()
    return found


def newest_below(*, parent: Page, count: int) -> list[ContentPage]:
    """The newest live pages below `parent`, at most `count`."""
    return list(_below(parent)[:count])


def index_page(*, parent: Page, number: str | None) -> "PaginatorPage[ContentPage]":
    """One page of the list of pages directly below."""
    return Paginator(_below(parent), PER_PAGE).get_page(number)


def feed_entries(*, parent: Page, limit: int = 50) -> list[ContentPage]:
    """What a feed holds: the newest pages below that search engines may know."""
    return list(_below(parent).filter(noindex=False)[:limit])


def _below(parent: Page) -> QuerySet[ContentPage]:
    rows = published().child_of(parent).select_related("picture", "topic")  # type: ignore[attr-defined]
    found: QuerySet[ContentPage] = rows.order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    return found


def episodes_of(*, podcast: Page, limit: int = 300) -> list[EpisodePage]:
    """A podcast's live episodes, the newest first."""
    rows = EpisodePage.objects.live().public().child_of(podcast).select_related("audio", "picture")
    return list(rows.order_by(F("first_published_at").desc(nulls_last=True), "-pk")[:limit])


def menu_pages(*, language: str) -> list[ContentPage]:
    """Live pages for header and footer in one language, in the order of the tree."""
    wanted = Q(show_in_menus=True) | Q(in_footer=True)
    return list(published().filter(wanted, language=language).order_by("path").defer("body"))


def translations(*, page: ContentPage) -> list[ContentPage]:
    """The live pages of the group this page belongs to, itself included; one per language."""
    origin = page.translation_of_id or page.pk
    rows = published().filter(Q(pk=origin) | Q(translation_of=origin)).order_by("path").defer("body")
    return list({one.language: one for one in rows}.values())


STATE_LABELS: dict[str, Promise] = {
    "draft": gettext_lazy("Draft"),
    "review": gettext_lazy("In review"),
    "scheduled": gettext_lazy("Scheduled"),
    "published": gettext_lazy("Published"),
    "changed": gettext_lazy("Published, changes waiting"),
    "expired": gettext_lazy("Expired"),
}


def with_type(rows: QuerySet[ContentPage]) -> QuerySet[ContentPage]:
    """Rows with `type_key`: the model's name, and `ebook` for a whitepaper page that is one."""
    book = When(whitepaperpage__kind=PaperKind.EBOOK, then=Value("ebook"))
    found: QuerySet[ContentPage] = rows.annotate(
        type_key=Case(book, default=F("content_type__model"), output_field=CharField())
    )
    return found


def page_types() -> list[tuple[str, str]]:
    """All `type_key`s with their labels."""
    models = [one for one in apps.get_app_config("pages").get_models() if issubclass(one, ContentPage)]
    found = {one._meta.model_name or "": str(capfirst(one._meta.verbose_name)) for one in models}
    del found["contentpage"]
    found |= {"whitepaperpage": str(PaperKind.WHITEPAPER.label), "ebook": str(PaperKind.EBOOK.label)}
    return sorted(found.items(), key=lambda pair: pair[1])


def type_label(row: Any) -> str:
    """What a row of `with_type` is, for people."""
    return dict(page_types()).get(row.type_key, "")


def with_state(rows: QuerySet[ContentPage]) -> QuerySet[ContentPage]:
    """Rows with `state`, one of `STATE_LABELS`, and when a scheduled one goes live (`planned_at`).

    review and scheduled tell of the newest change, also of a page that is live already.
    """
    mine = {"object_id": Cast(OuterRef("pk"), CharField(max_length=255))}
    review = WorkflowState.objects.filter(
        **mine, base_content_type__app_label="wagtailcore", base_content_type__model="page",
        status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES],
    )  # fmt: skip
    planned = Revision.objects.filter(
        **mine, base_content_type__app_label="wagtailcore", base_content_type__model="page",
        approved_go_live_at__isnull=False,
    )  # fmt: skip
    found: QuerySet[ContentPage] = rows.annotate(
        planned_at=Subquery(planned.order_by("approved_go_live_at").values("approved_go_live_at")[:1])
    ).annotate(
        state=Case(
            When(Exists(review), then=Value("review")),
            When(planned_at__isnull=False, then=Value("scheduled")),
            When(live=True, has_unpublished_changes=True, then=Value("changed")),
            When(live=True, then=Value("published")),
            When(expired=True, then=Value("expired")),
            default=Value("draft"),
            output_field=CharField(),
        )
    )
    return found


def with_items(rows: QuerySet[Any], *, by: str) -> QuerySet[Any]:
    """Personas or topics (`by`) with the numbers of their pages: `items`, and of these `published` (live)."""
    mine = ContentPage.objects.filter(**{by: OuterRef("pk")}).order_by()

    def number(pages: Any) -> Any:
        counted = pages.values(by).annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted), 0)

    found: QuerySet[Any] = rows.annotate(items=number(mine), published=number(mine.filter(live=True)))
    return found


def with_phases(personas: QuerySet[Persona]) -> QuerySet[Persona]:
    """Personas with `has_tofu`, `has_mofu` …: whether something is published for them in that phase."""
    live = ContentPage.objects.filter(persona=OuterRef("pk"), live=True)
    found: QuerySet[Persona] = personas.annotate(
        **{f"has_{phase.value}": Exists(live.filter(phase=phase.value)) for phase in Phase}
    )
    return found


@dataclass(frozen=True, kw_only=True)
class GapRow:
    """A persona with the number of live items per phase, in the order of `Phase`; None: of no persona."""

    persona: Persona | None
    counts: tuple[tuple[str, int], ...]


def gaps() -> Sequence[GapRow]:
    """Live, indexable or not: persona × phase. A persona without an item has zeros."""
    rows: Any = ContentPage.objects.live().exclude(phase="").values_list("persona", "phase")
    count = Counter(rows)
    personas: list[Persona | None] = [*Persona.objects.all()]
    if any(persona is None for persona, _phase in count):
        personas.append(None)
    return [
        GapRow(
            persona=one,
            counts=tuple((phase.value, count[one.pk if one else None, phase.value]) for phase in Phase),
        )
        for one in personas
    ]
