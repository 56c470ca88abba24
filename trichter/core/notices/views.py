"""The bell's drop-down, the list, and taking note."""

from typing import ClassVar

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.shell.views.base import ShellView, local_path

from . import actions, queries

SHOWN, PER_PAGE = 8, 50


class NoticeView(ShellView):
    """Anybody who is logged in, about their own notices."""

    permission_required: ClassVar[tuple[str, ...]] = ()

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user


class ListView(NoticeView):
    """All notices."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(queries.notices(user=self.user), PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "notices/list.html", {"page": page})


class DropView(NoticeView):
    """The newest, for the bell."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "notices/drop.html", {"notices": queries.notices(user=self.user)[:SHOWN]})


class OpenView(NoticeView):
    """Takes note of one and leads to what it is about."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = queries.notices(user=self.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        actions.mark_read(user=self.user, at=timezone.now(), notice=pk)
        return redirect(local_path(value=found.url, fallback=reverse("notices:list")))


class ReadView(NoticeView):
    """Takes note of all."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        actions.mark_read(user=self.user, at=timezone.now())
        return redirect("notices:list")
