"""The search over everything: a page, and fragments for the top bar and the palette."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..search import PER_GROUP, search
from .base import ShellView

ON_PAGE = 30


class SearchView(ShellView):
    """`?q=`; every group is checked for the user's rights and rows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        part = bool(request.headers.get("HX-Request"))
        query, problem, groups = request.GET.get("q", ""), "", []
        try:
            groups = search(query=query, user=request.user, limit=PER_GROUP if part else ON_PAGE)
        except ValidationError as error:
            problem = " ".join(error.messages)
        context = {"query": "" if problem else query.strip(), "groups": groups, "problem": problem}
        template = "shell/layout/search_results.html" if part else "shell/pages/search.html"
        return render(request, template, context)
