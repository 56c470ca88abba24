"""People, companies, the links between identities and people, notes, tasks, merges."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.accounts.visibility import OwnedQuerySet
from trichter.core.journal.models import Identity
from trichter.kit.text import normalise_company


class Tag(models.Model):
    """A free label on people and companies."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CompanyQuerySet(OwnedQuerySet):
    """Companies; `visible_to(user)` as for every owned model."""


class PersonQuerySet(OwnedQuerySet):
    """People; `visible_to(user)` as for every owned model."""


class Company(models.Model):
    """A company that buys or may buy. `name_key` is the name without legal form, folded, for matching."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, blank=True, db_index=True, editable=False)
    domain = models.CharField(_("domain"), max_length=120, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="subsidiaries",
    )
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(_("external ID"), max_length=120, blank=True)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~models.Q(external_id=""),
                name="people_company_external",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `name_key` in step with the name."""
        self.name_key = normalise_company(self.name).key[:200]
        fields = kwargs.get("update_fields")
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)


class Person(models.Model):
    """Somebody we know. What they did is in the journal, reached through their identities.

    `stage`, `score`, `source`, `first_seen_at` and `last_seen_at` are copies kept by followers for lists.
    A person absorbed by a merge keeps its row and id: old addresses lead on to the survivor.
    """

    class Salutation(models.TextChoices):
        NONE = "", pgettext_lazy("contact", "not set")
        MS = "ms", _("Ms")
        MR = "mr", _("Mr")
        NEUTRAL = "mx", _("gender-neutral")

    class AddressForm(models.TextChoices):
        """Values as `MailTemplate.Form` has them."""

        NONE = "", pgettext_lazy("contact", "not set")
        FORMAL = "formal", _("formal (Sie)")
        FAMILIAR = "familiar", _("familiar (du)")

    class BuyingRole(models.TextChoices):
        """What somebody does in their company's decision to buy."""

        NONE = "", pgettext_lazy("contact", "not set")
        DECISION_MAKER = "decision", _("Decision maker")
        BUDGET = "budget", _("Purchasing and budget")
        CHAMPION = "champion", _("Champion")
        USER = "user", _("User of the product")
        EVALUATOR = "evaluator", _("Technical evaluator")
        GATEKEEPER = "gatekeeper", _("Gatekeeper")

    salutation = models.CharField(_("salutation"), max_length=4, choices=Salutation.choices, blank=True)
    title = models.CharField(_("academic title"), max_length=40, blank=True)
    address_form = models.CharField(
        _("form of address"), max_length=8, choices=AddressForm.choices, blank=True
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True, db_index=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, db_index=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True, db_index=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    buying_role = models.CharField(
        _("role in the buying centre"), max_length=12, choices=BuyingRole.choices, blank=True
    )
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    street = models.CharField(_("street"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), db_index=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    stage = models.CharField(_("stage"), max_length=30, blank=True, db_index=True, editable=False)
    score = models.IntegerField(_("score"), default=0, db_index=True, editable=False)
    source = models.CharField(_("first source"), max_length=120, blank=True, editable=False)
    medium = models.CharField(_("first medium"), max_length=60, blank=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(
        _("last activity"), null=True, blank=True, db_index=True, editable=False
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["last_name", "first_name", "id"]
        permissions = [
            ("merge_person", "Can merge people and undo a merge"),
            ("export_person", "Can export people and companies"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Title, first and last name; else the address; else the number."""
        parts = " ".join(part for part in (self.title, self.first_name, self.last_name) if part)
        return parts or self.email or f"#{self.pk}"


class Phone(models.Model):
    """One more number of a person, besides `phone` and `mobile`; normalised as those are."""

    class Kind(models.TextChoices):
        WORK = "work", _("Work")
        MOBILE = "mobile", _("Mobile")
        PRIVATE = "private", _("Private")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="phones")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.WORK)
    number = models.CharField(_("number"), max_length=40, db_index=True)
    note = models.CharField(_("note"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("further phone number")
        verbose_name_plural = _("further phone numbers")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "number"], name="people_phone_once")]

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """Identity belongs to person, with the act that proves it. Deleting the row takes the link back."""

    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, related_name="link")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    evidence = models.CharField(_("evidence"), max_length=200)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return f"{self.identity_id} → {self.person_id}"


class Merge(models.Model):
    """A merge as a record: everything that moved or changed, so that undo restores it."""

    survivor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    snapshot = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-merged_at", "-id"]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class CompanyMerge(models.Model):
    """The same for two records of one company."""

    survivor = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    snapshot = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("company merge")
        verbose_name_plural = _("company merges")
        ordering = ["-merged_at", "-id"]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class Duplicate(models.Model):
    """Two people who may be one: found by the search, or reported by a clash of identities.

    `first` has the smaller id. The search replaces its own finds (`found_by` "search") at every run.
    """

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    found_by = models.CharField(max_length=10, default="search")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_duplicate_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="people_duplicate_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class NotDuplicateCompany(models.Model):
    """Two companies whom a colleague looked at and found to be different."""

    first = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("different companies")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_notduplicatecompany_once")
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


class NotDuplicate(models.Model):
    """Two people whom a colleague looked at and found to be different; they are not suggested again."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("different people")
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="people_notduplicate_once")]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


class Note(models.Model):
    """Something a colleague wrote down about a person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=10_000)
    pinned = models.BooleanField(_("pinned"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]


class Task(models.Model):
    """Something a colleague has to do; `due` is a day in the company's zone."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(_("task"), max_length=200)
    due = models.DateField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due", "id"]
        indexes = [models.Index(fields=["assignee", "done_at", "due"], name="people_task_open")]

    def __str__(self) -> str:
        return self.title
