"""Rules, hours, absences, capacities, channels, settings; and trying the rules out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.accounts.models import User
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, Resource

from .. import actions, chat, queries
from ..forms import (
    AbsenceForm,
    CalendarForm,
    ChannelForm,
    RuleForm,
    SeatForm,
    SettingsForm,
    TryForm,
    windows_text,
)
from ..models import Absence, BusinessCalendar, ChatChannel, ChatMessage, RoutingRule, Seat
from ..wording import explained, stored
from .base import INVALID, RULES, HandoverView

CHANGE = "handover.change_routingrule"


class Rules(Resource):
    """Routing rules."""

    model = RoutingRule
    path = "handover/rules/"
    icon = "route"
    columns = (
        Column(name="position", kind="number"),
        Column(name="name", lead=True),
        Column(name="active", kind="bool"),
        Column(name="postcodes"),
        Column(name="countries"),
        Column(name="industries", shown=False),
        Column(name="rep", kind="user"),
        Column(name="team"),
        Column(name="method", kind="badge"),
    )
    select = ("rep", "team")
    search = ("name",)
    order = "position"
    form = RuleForm
    export_permission = CHANGE
    empty_text = gettext_lazy(
        "Without rules handovers go to the owner of the contact, else to the pool of the settings. "
        "A rule sends a postcode area, an industry or a language to a colleague or a team."
    )

    def header_actions(self, *, user: Any) -> Any:
        """The rules are tried out from here."""
        from django.urls import reverse

        return [
            Action(label=_("Try out"), url=reverse("handover:try"), icon="player-play", permission=CHANGE)
        ]


class Hours(Resource):
    """Business hours of teams."""

    model = BusinessCalendar
    path = "handover/hours/"
    icon = "clock"
    columns = (
        Column(name="name", lead=True),
        Column(name="team"),
        Column(name="leader", kind="user"),
        Column(name="zone"),
        Column(name="country"),
        Column(name="subdivision"),
        Column(
            name="hours",
            label=gettext_lazy("Monday"),
            sort=(),
            value=lambda row: windows_text(row.week.get("0")),
        ),
    )
    select = ("team", "leader")
    order = "name"
    form = CalendarForm
    export_permission = CHANGE
    empty_text = gettext_lazy("Until there are any, Monday to Friday from nine to five counts.")


class Absences(Resource):
    """Absences and who stands in."""

    model = Absence
    path = "handover/absences/"
    icon = "calendar-event"
    columns = (
        Column(name="user", kind="user", lead=True),
        Column(name="first", kind="day"),
        Column(name="last", kind="day"),
        Column(name="cover", kind="user"),
    )
    select = ("user", "cover")
    order = "-first"
    form = AbsenceForm
    export_permission = "handover.change_absence"
    empty_text = gettext_lazy(
        "Whoever is absent gets no handovers; those of own contacts go to the stand-in."
    )


class Seats(Resource):
    """Capacities."""

    model = Seat
    path = "handover/capacities/"
    icon = "scale"
    columns = (
        Column(name="user", kind="user", lead=True),
        Column(name="active", kind="bool"),
        Column(name="weight", kind="number"),
        Column(name="capacity", kind="number"),
    )
    select = ("user",)
    order = "user"
    form = SeatForm
    export_permission = "handover.change_seat"
    empty_text = gettext_lazy("Everybody in sales gets handovers with equal weight and without limit.")


class Channels(Resource):
    """Chat channels."""

    model = ChatChannel
    path = "handover/channels/"
    icon = "messages"
    columns = (Column(name="name", lead=True), Column(name="team"), Column(name="active", kind="bool"))
    select = ("team",)
    order = "name"
    form = ChannelForm
    export_permission = "handover.change_chatchannel"
    empty_text = gettext_lazy("New handovers and exceeded times can be told in Slack, Teams or Mattermost.")

    def save(self, *, form: Any, user: Any) -> Any:
        """With the address, sealed."""
        return chat.save_channel(channel=form.save(commit=False), url=form.cleaned_data.get("url") or "")

    def record_actions(self, *, obj: Any, user: Any) -> Any:
        """A test message."""
        from django.urls import reverse

        url = reverse("handover:chatchannel_test", args=[obj.pk])
        label = _("Send test message")
        return [
            Action(label=label, url=url, icon="send", permission="handover.change_chatchannel", post=True)
        ]

    def subtitle(self, *, obj: Any) -> str:
        """What became of the last message."""
        last = ChatMessage.objects.filter(channel=obj).first()
        return f"{_('Last message')}: {last.get_state_display()}" if last else ""


class TestView(HandoverView):
    """Asks for a test message."""

    http_method_names = ["post"]
    permission_required = ("handover.view_chatchannel", "handover.change_chatchannel")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        channel = ChatChannel.objects.filter(pk=pk).first()
        if channel is None:
            raise Http404
        chat.send_test(channel=channel, text=_("Test message from Trichter"), now=timezone.now())
        messages.success(request, _("The message is on its way. Its state stands below the channel’s name."))
        return redirect("handover:chatchannel_detail", pk)


class SettingsView(HandoverView):
    """The one row of settings."""

    permission_required = ("handover.change_handoversettings",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "handover/settings.html", {"form": SettingsForm(instance=queries.house())})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST, instance=queries.house())
        if not form.is_valid():
            return render(request, "handover/settings.html", {"form": form}, status=INVALID)
        actions.save_settings(row=form.save(commit=False), now=timezone.now())
        messages.success(request, _("The settings were saved."))
        return redirect("handover:settings")


class TryView(HandoverView):
    """Who would get this person now, and why. Nothing is written."""

    http_method_names = ["get", "head"]
    permission_required = (*RULES, "people.view_person")

    def get(self, request: HttpRequest) -> HttpResponse:
        form = TryForm(request.GET if "person" in request.GET else None)
        form.for_user(self.user)
        context: dict[str, Any] = {"form": form}
        if form.is_bound and form.is_valid():
            person = form.cleaned_data["person"]
            decision = actions.route(person=person, now=timezone.now())
            context |= {
                "person": person, "lines": explained(stored(decision)), "lead": queries.lead_of(person),
                "rep": User.objects.filter(pk=decision.rep).first() if decision.rep else None,
            }  # fmt: skip
        return render(request, "handover/try.html", context)
