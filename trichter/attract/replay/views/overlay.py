"""Numbers for the drawing over the page itself: only with a token that the back office made minutes ago."""

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from trichter.core.accounts.access import public
from trichter.core.accounts.models import User

from ..forms import HeatQuestion
from ..heat.queries import heatmap, spots
from ..models import HeatPage

SALT = "trichter.replay.overlay"
MINUTES = 15
READ = "replay.view_heatpage"


def token(*, page: HeatPage, device: str, period: str, user: User) -> str:
    """Allows to read this one heatmap for some minutes."""
    content = {"page": page.pk, "device": device, "period": period, "user": user.pk}
    return signing.dumps(content, salt=SALT, compress=True)


@public
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Numbers without persons; 403 for a token that is none, too old, or of somebody who may not any more."""
    try:
        asked = signing.loads(request.GET.get("token", "")[:500], salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return _answer(JsonResponse({}, status=403))
    user = User.objects.filter(pk=asked["user"], is_active=True).first()
    page = HeatPage.objects.filter(pk=asked["page"]).first()
    if user is None or page is None or not user.has_perm(READ):
        return _answer(JsonResponse({}, status=403))
    form = HeatQuestion({"device": asked["device"], "period": asked["period"]})
    device, first = form.answer("device", "desktop"), form.first_day
    found = heatmap(page=page, device=device, first=first)
    with override(user.language or None):
        text = _("%(clicks)d clicks in %(views)d views") % {"clicks": found.clicks, "views": found.views}
        if found.few:
            text = f"{text}. {_('Under 30 views: too few to draw conclusions.')}"
    scroll = [
        [one.percent, f"{one.percent} %: {one.share:.0%}"] for one in found.reach if one.percent % 25 == 0
    ]
    content = {"text": text, "elements": spots(page=page, device=device, first=first), "scroll": scroll}
    return _answer(JsonResponse(content))


def _answer(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
