"""Forms of the back office."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .models import Goal, Persona, Phase, Topic


class NewLandingPageForm(forms.Form):
    """What a new landing page is for; the rest is written in the editor."""

    goal = forms.ChoiceField(label=_("Goal"), choices=Goal.choices)
    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("The main heading. It also becomes the address.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phase = forms.ChoiceField(
        label=_("Funnel phase"), choices=[("", _("as fits the goal")), *Phase.choices], required=False
    )
    persona = forms.ModelChoiceField(label=_("Persona"), queryset=Persona.objects.all(), required=False)


class PersonaForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody the company writes for."""

    class Meta:
        model = Persona
        fields = ("name", "description", "position")


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]
    """What items are about."""

    class Meta:
        model = Topic
        fields = ("name", "slug")
