"""When a deal came into its stage, told by the journal, and after how many days it is stuck there."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """The newest entry of each open deal into a stage."""
    deals = apps.get_model("pipeline", "Deal")
    events = apps.get_model("journal", "Event").objects.filter(kind__in=("deal.stage_reached", "deal.reopened"))
    left = {deal.pk: deal for deal in deals.objects.filter(status="open")}
    since = {}
    if left:
        for at, data in events.order_by("at", "id").values_list("at", "data").iterator():
            if data.get("deal") in left:
                since[data["deal"]] = at
    for pk, at in since.items():
        left[pk].stage_since = at
    deals.objects.bulk_update([left[pk] for pk in since], ["stage_since"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0001_initial"), ("journal", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="stage_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="in this stage since"),
        ),
        migrations.AddField(
            model_name="pipelinestage",
            name="rotting_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="stuck after days"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
