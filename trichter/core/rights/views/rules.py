"""Rules of retention with what each would take today."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import queries, retention
from ..forms import RuleForm
from .base import RightsView

INVALID = 422


class RuleListView(RightsView):
    """All rules; each can be changed and switched on after its preview."""

    tab = "retention"
    permission_required = ("rights.change_retentionrule",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page({})

    def post(self, request: HttpRequest) -> HttpResponse:
        rule = next((one for one in queries.rules() if one.key == request.POST.get("rule")), None)
        if rule is None:
            return self.page({}, status=INVALID)
        form = RuleForm(request.POST, instance=rule, prefix=rule.key)
        if not form.is_valid():
            return self.page({rule.key: form}, status=INVALID)
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
            limit = retention.limit(rule, now=now)
            row: dict[str, Any] = {"rule": rule, "kind": kind, "limit": limit, "count": kind.count(limit)}
            row["form"] = forms.get(rule.key) or RuleForm(instance=rule, prefix=rule.key)
            rows.append(row)
        return render(self.request, "rights/rules.html", self.context(rows=rows), status=status)
