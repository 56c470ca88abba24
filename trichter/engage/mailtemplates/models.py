"""A mail template with drafts and versions."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from .blocks import MailBody, check_tags
from .panels import FindingsPanel


class MailTemplate(PreviewableMixin, DraftStateMixin, RevisionMixin, models.Model):
    """Blocks with merge tags. What is sent is a published version, pinned when sending starts."""

    class Class(models.TextChoices):
        MARKETING = "marketing", _("advertising")
        CONTRACT = "contract", _("contract")
        SYSTEM = "system", _("system")

    class Form(models.TextChoices):
        FORMAL = "formal", _("formal (Sie)")
        FAMILIAR = "familiar", _("familiar (du)")

    key = models.SlugField(
        _("key"), max_length=60, unique=True,
        help_text=_("Under this key journeys and forms find the template. Do not change it once it is used."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="de")
    message_class = models.CharField(
        _("kind of message"), max_length=10, choices=Class.choices, default=Class.MARKETING,
        help_text=_("Advertising always ends with your postal address and a link to unsubscribe."),
    )  # fmt: skip
    form = models.CharField(
        _("form of address"), max_length=8, choices=Form.choices, default=Form.FORMAL,
        help_text=_("Decides what {{ salutation }} becomes."),
    )  # fmt: skip
    subject = models.CharField(_("subject"), max_length=200, validators=[check_tags])
    preheader = models.CharField(
        _("preview line"), max_length=200, blank=True, validators=[check_tags],
        help_text=_("Shown after the subject in the inbox."),
    )  # fmt: skip
    body = StreamField(MailBody(), blank=True, verbose_name=_("content"))
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="mailtemplate")

    panels: ClassVar[list[Any]] = [
        FindingsPanel(heading=_("Check")),
        FieldPanel("subject"),
        FieldPanel("preheader"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("key"),
                FieldPanel("language"),
                FieldPanel("message_class"),
                FieldPanel("form"),
            ],
            heading=_("Settings"),
        ),
    ]

    class Meta:
        verbose_name = _("mail template")
        verbose_name_plural = _("mail templates")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        """All versions."""
        return self._revisions

    @property
    def preview_modes(self) -> Any:
        """With the merge tags as they are without data, or for a contact."""
        return [
            ("without", _("Without contact data")),
            ("with", _("With contact data")),
            ("text", _("Text part")),
        ]

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The mail as it is being edited."""
        from .previewing import preview

        return preview(template=self, user=request.user, mode=mode_name)
