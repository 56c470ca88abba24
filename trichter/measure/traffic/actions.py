"""What people do with reports: save, stop receiving; and what the worker does: send."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_today

from .mail import compose
from .models import Report
from .reportform import ReportForm
from .rules import finished

PERMISSION = "traffic.view_traffic"


@transaction.atomic
def save_report(*, form: ReportForm, user: User) -> Report:
    """Store a valid form; a new report belongs to the user and is first sent for the next full period."""
    report: Report = form.instance
    if report._state.adding:
        report.owner = user
    if report.rhythm and "rhythm" in form.changed_data:
        report.sent_for = finished(report.rhythm, today=company_today()).last_day
    saved: Report = form.save()
    return saved


@transaction.atomic
def leave_report(*, report: Report, user: User) -> bool:
    """Take the user off the recipients; False when he was none."""
    if not report.recipients.filter(pk=user.pk).exists():
        return False
    report.recipients.remove(user)
    return True


def send_due(*, today: date) -> int:
    """Queue the mails of all reports whose period has ended by `today`; returns how many mails.

    The day is written down in the transaction that queues the mails, by a conditional update: two workers,
    or the same one after a crash, send none twice. Who may not see the web analytics (any more) gets none.
    """
    sent = 0
    for report in Report.objects.exclude(rhythm="").select_related("owner").order_by("pk"):
        period = finished(report.rhythm, today=today)
        if report.sent_for is not None and report.sent_for >= period.last_day:
            continue
        problem = "" if may_see(report.owner) else "owner"
        with transaction.atomic():
            waiting = Q(sent_for__isnull=True) | Q(sent_for__lt=period.last_day)
            rows = Report.objects.filter(waiting, pk=report.pk)
            if not rows.update(sent_for=period.last_day, problem=problem) or problem:
                continue
            mails = 0
            for recipient in report.recipients.filter(is_active=True).order_by("pk"):
                if may_see(recipient):
                    compose(report=report, recipient=recipient, period=period).send()
                    mails += 1
            if mails:
                Report.objects.filter(pk=report.pk).update(sent_at=timezone.now())
            sent += mails
    return sent


def may_see(user: User) -> bool:
    """Whether the user is still here and may see the web analytics."""
    return user.is_active and user.has_perm(PERMISSION)
