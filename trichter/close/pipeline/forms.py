"""Forms of deals and pipelines."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Company, Person
from trichter.core.shell.fields import AmountField, CurrencyField, DayInput, MoneyFormMixin
from trichter.core.shell.picker import PickField

from .actions import StageRow
from .models import Deal, Pipeline, PipelineStage

NEW_ROWS = 3
MOST_STAGES = 30


def person_field(*, required: bool = False) -> PickField:
    """Chooses a living person."""
    return PickField(
        model=Person,
        search=("first_name", "last_name", "email"),
        label=_("Person"),
        required=required,
        hint=lambda row: row.email,
        living=_living,
    )


def company_field() -> PickField:
    """Chooses a living company."""
    return PickField(
        model=Company,
        search=("name", "domain"),
        label=_("Company"),
        required=False,
        hint=lambda row: row.city,
        living=_living,
    )


def _living(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(merged_into=None)


class DealForm(MoneyFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A deal; its stage may be chosen while it is open."""

    money_fields = ("amount",)
    amount = AmountField(label=_("Amount"), required=False)
    currency = CurrencyField()
    person = person_field()
    company = company_field()

    class Meta:
        model = Deal
        fields = (
            "name",
            "person",
            "company",
            "pipeline",
            "stage",
            "amount",
            "currency",
            "expected_close",
            "owner",
        )
        widgets = {"expected_close": DayInput}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deal = self.instance if self.instance.pk else None
        picks: Any = self.fields
        picks["person"].for_user(user=user, kept=deal.person if deal else None)
        picks["company"].for_user(user=user, kept=deal.company if deal else None)
        picks["owner"].queryset = get_user_model().objects.filter(is_active=True)
        stages = PipelineStage.objects.select_related("pipeline").order_by("pipeline__name", "position")
        if deal:
            del self.fields["pipeline"]
            if deal.status != Deal.Status.OPEN:
                del self.fields["stage"]
            else:
                picks["stage"].queryset = stages.filter(pipeline=deal.pipeline_id)
                picks["stage"].required = True
        else:
            picks["stage"].queryset = stages
            picks["stage"].label_from_instance = lambda stage: f"{stage.pipeline} · {stage}"
            picks["stage"].empty_label = _("First stage")
            self.initial.setdefault("owner", user.pk)
            first = Pipeline.objects.order_by("pk").first()
            self.initial.setdefault("pipeline", first.pk if first else None)

    def clean(self) -> Any:
        """A new deal's stage belongs to its pipeline."""
        data = super().clean()
        stage, pipeline = data.get("stage"), data.get("pipeline")
        if stage and pipeline and stage.pipeline_id != pipeline.pk:
            self.add_error("stage", _("This stage belongs to another pipeline."))
        return data


class LoseForm(forms.Form):
    """Why a deal was lost; a reason is needed, because the next quarter learns from it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Such as price, no decision, chose a competitor. The stages it reached are kept."),
    )


class InvolveForm(forms.Form):
    """Somebody to count among the people of a deal: only who the user may see."""

    person = person_field(required=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picks: Any = self.fields
        picks["person"].for_user(user=user, kept=None)


class MoveForm(forms.Form):
    """Where a card goes, and where its mover saw it."""

    stage = forms.IntegerField(min_value=1, max_value=2**62)
    seen = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class OwnerForm(forms.Form):
    """A colleague for several deals."""

    owner: Any = forms.ModelChoiceField(
        queryset=None, label=_("Owner"), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = get_user_model().objects.filter(is_active=True)


class PipelineForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pipeline and its stages: a name, a probability and a place for each; an empty name removes it."""

    class Meta:
        model = Pipeline
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = list(self.instance.stages.order_by("position", "pk")) if self.instance.pk else []
        self.rows: list[tuple[str, int | None]] = [(f"stage{stage.pk}", stage.pk) for stage in stages]
        self.rows += [(f"new{number}", None) for number in range(1, NEW_ROWS + 1 if stages else NEW_ROWS + 3)]
        known = {f"stage{stage.pk}": stage for stage in stages}
        for place, (key, _pk) in enumerate(self.rows, start=1):
            stage = known.get(key)
            self.fields[f"{key}_name"] = forms.CharField(
                label=_("Stage"), max_length=80, required=False, initial=stage.name if stage else ""
            )
            self.fields[f"{key}_probability"] = forms.IntegerField(
                label=_("Probability in percent"),
                min_value=0,
                max_value=100,
                required=False,
                initial=stage.probability if stage else None,
            )
            self.fields[f"{key}_rotting"] = forms.IntegerField(
                label=_("Stuck after days"),
                min_value=1,
                max_value=1_000,
                required=False,
                initial=stage.rotting_days if stage else None,
            )
            self.fields[f"{key}_position"] = forms.IntegerField(
                label=_("Place"), min_value=1, max_value=MOST_STAGES * 10, required=False, initial=place
            )

    def stage_rows(self) -> list[list[Any]]:
        """The bound fields of each stage, for the template."""
        return [
            [self[f"{key}_{part}"] for part in ("position", "name", "probability", "rotting")]
            for key, _pk in self.rows
        ]

    def clean(self) -> Any:
        """At least one stage; names differ."""
        data = super().clean() or self.cleaned_data
        if not any(f"{key}_name" in self.fields for key, _pk in self.rows):
            return data
        found = []
        for key, pk in self.rows:
            name = (data.get(f"{key}_name") or "").strip()
            if name:
                probability, place = data.get(f"{key}_probability"), data.get(f"{key}_position")
                chance = 50 if probability is None else probability
                found.append((place or 999, StageRow(pk, name, chance, data.get(f"{key}_rotting"))))
        found.sort(key=lambda row: row[0])
        names = [row.name.casefold() for _place, row in found]
        if not found:
            raise forms.ValidationError(_("A pipeline needs at least one stage."))
        if len(set(names)) < len(names):
            raise forms.ValidationError(_("Two stages have the same name."))
        data["stages"] = [row for _place, row in found]
        return data
