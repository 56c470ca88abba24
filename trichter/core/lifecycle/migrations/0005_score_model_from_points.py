"""Points in stage rules become versions of the score model; the rule asks for the score instead.

Of each moment the first stage with points wins, as the score did before: it is the one that people saw. Rules of
further stages with points of their own keep their threshold, but count by the one model from now on. Nothing fades
and fit is not asked for, so whoever had come to a stage by its points still has.
"""

from django.db import migrations
from django.utils import timezone


def points_of(rule):
    for clauses in rule.values() if isinstance(rule, dict) else ():
        for clause in clauses if isinstance(clauses, list) else ():
            if isinstance(clause, dict) and isinstance(clause.get("points"), dict):
                return clause["points"]
    return None


def without_points(rule):
    changed = {}
    for mode, clauses in rule.items():
        changed[mode] = [
            {"score": {"behaviour_at_least": clause["points"]["at_least"]}} if "points" in clause else clause
            for clause in clauses
        ]
    return changed


def forwards(apps, schema_editor):
    StageVersion = apps.get_model("lifecycle", "StageVersion")
    ScoreVersion = apps.get_model("lifecycle", "ScoreVersion")
    versions = list(StageVersion.objects.select_related("stage").order_by("effective_from", "stage__position"))
    in_force = {}
    moments = sorted({version.effective_from for version in versions})
    before = None
    for moment in moments:
        for version in versions:
            if version.effective_from == moment:
                in_force[version.stage.position] = version
        first = next((v for _p, v in sorted(in_force.items()) if points_of(v.machine_rule)), None)
        if first is None:
            continue
        rows = points_of(first.machine_rule)["rules"]
        if rows == before:
            continue
        before = rows
        ScoreVersion.objects.create(
            number=1 + ScoreVersion.objects.count(), written=first.written_rule, reason=first.reason,
            definition={"groups": [], "behaviour": rows, "fit": [], "grades": {"a": 35, "b": 20, "c": -15}},
            effective_from=moment, created_by_id=first.created_by_id,
            applied_at=timezone.now() if first.applied_at else None,
        )
    for version in versions:
        if points_of(version.machine_rule):
            version.machine_rule = without_points(version.machine_rule)
            version.save(update_fields=["machine_rule"])


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0004_scoring")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
