"""Header, footer and organisation of the public site."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="site")
class SiteLook(BaseGenericSetting):
    """One row. What is empty is left out, the name is the company's then."""

    name = models.CharField(_("name on the site"), max_length=80, blank=True)
    claim = models.CharField(_("line in the footer"), max_length=200, blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("logo"),
    )  # fmt: skip
    button_label = models.CharField(_("text of the header's button"), max_length=40, blank=True)
    button_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("page of the header's button"),
    )  # fmt: skip
    email = models.EmailField(_("e-mail for visitors"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    profiles = models.JSONField(_("profiles in social networks"), default=list, blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("logo"), FieldPanel("button_label"), FieldPanel("button_page")],
            heading=_("Header"),
        ),
        MultiFieldPanel(
            [FieldPanel("claim"), FieldPanel("email"), FieldPanel("phone")], heading=_("Footer and contact")
        ),
    ]

    class Meta:
        verbose_name = _("look of the site")
