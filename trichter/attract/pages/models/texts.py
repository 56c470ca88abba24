"""Pages that are read: home, plain pages, lists, articles, guides, frequent questions."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.url_routing import RouteResult

from .base import ContentPage


class HomePage(ContentPage):
    """The start page, also of another language below the first one."""

    template = "pages/page.html"
    schema_type = "WebSite"
    list_kind = "home"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StandardPage(ContentPage):
    """A page such as product, prices, about us, imprint."""

    template = "pages/page.html"

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")


class IndexPage(ContentPage):
    """A list of the pages below it, with a feed at `feed.xml`."""

    feed = models.BooleanField(_("offer a feed (RSS)"), default=True)

    template = "pages/index.html"
    schema_type = "CollectionPage"
    own_panels = [FieldPanel("feed")]

    class Meta:
        verbose_name = _("list of pages")
        verbose_name_plural = _("lists of pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Also `feed.xml`."""
        if path_components == ["feed.xml"] and self.live and self.feed:
            return RouteResult(self, kwargs={"feed": True})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, feed: bool = False, **kwargs: Any) -> HttpResponse:
        """The page, or its feed."""
        if feed:
            from ..feeds import article_feed

            return article_feed(page=self, request=request)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the pages below, the newest first."""
        from ..queries import index_page

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["listed"] = index_page(
            parent=self, number=request.GET.get("seite") or request.GET.get("page")
        )
        return context


class ArticlePage(ContentPage):
    """An article of the blog."""

    template = "pages/article.html"
    schema_type = "Article"
    list_kind = "article"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class GuidePage(ContentPage):
    """A guide: a long text with a table of contents."""

    template = "pages/article.html"
    schema_type = "Article"
    list_kind = "guide"

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")


class FaqPage(ContentPage):
    """Frequent questions."""

    template = "pages/page.html"
    schema_type = "FAQPage"
    list_kind = "faq"

    class Meta:
        verbose_name = _("FAQ")
        verbose_name_plural = _("FAQs")
