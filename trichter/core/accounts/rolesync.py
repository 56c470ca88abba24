"""Brings the database's groups into line with the declared roles; runs after every migration."""

import re
from collections.abc import Iterable
from fnmatch import translate
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from .roles import ROLES

_PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page")
_COLLECTION_RIGHTS = (
    "add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document",
)  # fmt: skip


def matching(*, patterns: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """The names (`app.codename`) that at least one pattern covers."""
    covered = re.compile("|".join(map(translate, patterns)) or r"(?!)").match
    return frozenset(filter(covered, names))


def permission_names() -> dict[str, int]:
    """Every permission that exists, as `app.codename`, with its id."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "id")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}


@transaction.atomic
def sync_roles() -> None:
    """Create the groups and give each exactly what its role declares, nothing more, nothing less."""
    known = permission_names()
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.key)
        group.permissions.set(known[name] for name in matching(patterns=role.permissions, names=known))
        _sync_pages(group=group, allowed=role.pages)


def _sync_pages(*, group: Group, allowed: bool) -> None:
    """Wagtail keeps the rights on pages and files apart from permissions: at the root of each tree."""
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

    root, collection = Page.objects.filter(depth=1).first(), Collection.objects.filter(depth=1).first()
    if root is None or collection is None:
        return
    rights = Permission.objects.all()
    page_rights = rights.filter(content_type__app_label="wagtailcore", codename__in=_PAGE_RIGHTS)
    file_rights = rights.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=_COLLECTION_RIGHTS
    )
    if not allowed:
        GroupPagePermission.objects.filter(group=group).delete()
        GroupCollectionPermission.objects.filter(group=group).delete()
        return
    for right in page_rights:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=right)
    for right in file_rights:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=right)


def after_migrate(*, app_config: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Once per run, after the last app, whose permissions are made here: we may come before Django."""
    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if app_config.label != with_models[-1].label or using != "default":
        return
    if any(backwards for _migration, backwards in plan or []):
        return
    create_permissions(app_config, verbosity=0, using=using)
    sync_roles()
