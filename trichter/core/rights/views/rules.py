"""Rules of retention with what each would take today."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import queries, retention
from ..forms import MonthsForm, RuleForm
from ..models import RetentionRule
from .base import RightsView

INVALID = 422


class RuleListView(RightsView):
    """All rules. What would take more or something else than was agreed to is asked first, on its preview."""

    tab = "retention"
    permission_required = ("rights.change_retentionrule",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page({})

    def post(self, request: HttpRequest) -> HttpResponse:
        rule = next((one for one in queries.rules() if one.key == request.POST.get("rule")), None)
        if rule is None:
            return self.page({}, status=INVALID)
        before = (rule.months, rule.active)
        form = RuleForm(request.POST, instance=rule, prefix=rule.key)
        if not form.is_valid():
            return self.page({rule.key: form}, status=INVALID)
        months, active = form.cleaned_data["months"], form.cleaned_data["active"]
        if active and (months, active) != before:
            return redirect(f"{reverse('rights:rule', args=[rule.key])}?months={months}")
        form.save()
        messages.success(request, _("The rule was saved."))
        return redirect("rights:rules")

    def page(self, forms: dict[str, RuleForm], *, status: int = 200) -> HttpResponse:
        """Every rule with its count."""
        now, kinds, rows = timezone.now(), retention.kinds(), []
        for rule in queries.rules():
            kind = kinds.get(rule.key)
            if kind is None:
                continue
            row: dict[str, Any] = {"rule": rule, "kind": kind}
            form = forms.get(rule.key)
            # What was typed in and refused is not what the rule says.
            months = rule.months if form is None else RetentionRule.objects.get(pk=rule.pk).months
            row["preview"] = retention.preview(kind, months=months, now=now)
            row["form"] = form or RuleForm(instance=rule, prefix=rule.key)
            rows.append(row)
        return render(self.request, "rights/rules.html", self.context(rows=rows), status=status)


class RuleView(RightsView):
    """What one rule would take at a number of months, with the oldest of it; and the yes to it."""

    tab = "retention"
    permission_required = ("rights.change_retentionrule",)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        rule, kind = self.rule(key)
        asked = MonthsForm(request.GET)
        months = asked.cleaned_data["months"] if asked.is_valid() else rule.months
        found = retention.preview(kind, months=months, now=timezone.now())
        context = self.context(
            rule=rule, kind=kind, preview=found, examples=retention.examples(found),
            asks=not rule.active or months != rule.months,
        )  # fmt: skip
        return render(request, "rights/rule.html", context)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        rule, _kind = self.rule(key)
        asked = MonthsForm(request.POST)
        if not asked.is_valid():
            return redirect("rights:rule", key)
        retention.use(rule, months=asked.cleaned_data["months"])
        messages.success(request, _("The rule is in use from the next night on."))
        return redirect("rights:rules")

    def rule(self, key: str) -> tuple[RetentionRule, retention.Kind]:
        """The rule and its kind. Raises Http404."""
        kind = retention.kinds().get(key)
        rule = next((one for one in queries.rules() if one.key == key), None)
        if kind is None or rule is None:
            raise Http404
        return rule, kind
