"""The tree begins with an unpublished start page of ours; editors and administrators can approve reviews."""

from django.conf import settings
from django.db import migrations

OURS = ("marketing", "admin")


def build(apps, _schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    HomePage = apps.get_model("pages", "HomePage")
    Task = apps.get_model("wagtailcore", "GroupApprovalTask")
    Group = apps.get_model("auth", "Group")

    # Wagtail's own “Welcome” page, which nobody has touched yet; anything else is the company's.
    welcome = Page.objects.filter(depth=2)
    if welcome.count() > 1 or welcome.exclude(slug="home").exists():
        return
    Site.objects.all().delete()
    welcome.delete()
    kind, _created = ContentType.objects.get_or_create(app_label="pages", model="homepage")
    home = HomePage.objects.create(
        title="Startseite", draft_title="Startseite", slug="home", content_type=kind, path="00010001",
        depth=2, numchild=0, url_path="/home/", live=False, has_unpublished_changes=True,
        locale=Locale.objects.first(), language=settings.LANGUAGE_CODE,
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.create(hostname="localhost", port=80, root_page_id=home.pk, is_default_site=True)
    for task in Task.objects.all():
        task.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in OURS))


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
