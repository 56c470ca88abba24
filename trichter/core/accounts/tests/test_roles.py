"""Roles: groups with exactly the declared permissions."""

import pytest
from django.contrib.auth.models import Group, Permission

from trichter.core.accounts.roles import BY_KEY, ROLES
from trichter.core.accounts.rolesync import matching, permission_names, sync_roles

pytestmark = pytest.mark.django_db


def names_of(group: str) -> set[str]:
    rows = Permission.objects.filter(group__name=group).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_patterns_cover_by_wildcard_and_by_name():
    names = {"people.view_person", "people.add_person", "funnels.view_funnel"}
    assert matching(patterns=["people.*"], names=names) == {"people.view_person", "people.add_person"}
    assert matching(patterns=["*.view_*"], names=names) == {"people.view_person", "funnels.view_funnel"}
    assert matching(patterns=["people.add_person"], names=names) == {"people.add_person"}
    assert matching(patterns=["*"], names=names) == names
    assert matching(patterns=[], names=names) == set()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
def test_every_pattern_of_a_role_matches_a_permission(role):
    known = permission_names()
    assert [one for one in role.permissions if not matching(patterns=[one], names=known)] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
def test_a_migrated_database_has_the_groups_with_exactly_their_permissions(role):
    assert names_of(role.key) == matching(patterns=role.permissions, names=permission_names())


def test_syncing_takes_back_what_was_granted_by_hand_and_grants_what_was_taken():
    group = Group.objects.get(name="sales")
    group.permissions.add(Permission.objects.get(codename="add_user", content_type__app_label="accounts"))
    group.permissions.remove(Permission.objects.get(codename="view_deal"))
    sync_roles()
    assert names_of("sales") == matching(patterns=BY_KEY["sales"].permissions, names=permission_names())


def test_nobody_but_the_administration_may_touch_users_and_teams():
    for role in ROLES:
        touching = {name for name in names_of(role.key) if name.startswith("accounts.")}
        assert bool(touching) == (role.key == "admin"), role.key


def test_the_audit_log_is_for_administration_and_management():
    readers = {role.key for role in ROLES if "auditlog.view_logentry" in names_of(role.key)}
    assert readers == {"management", "privacy", "admin"}


def test_what_marketing_and_sales_agreed_on_is_switched_by_neither_of_them():
    changing = {"lifecycle.change_stage", "lifecycle.add_stageversion", "lifecycle.delete_stage"}
    assert {role.key for role in ROLES if changing & names_of(role.key)} == {"management", "admin"}
    trying = {role.key for role in ROLES if "lifecycle.preview_rule" in names_of(role.key)}
    assert trying == {"marketing", "sales", "management", "admin"}


def test_only_marketing_and_administration_edit_public_pages():
    from wagtail.models import GroupCollectionPermission, GroupPagePermission

    for table in (GroupPagePermission, GroupCollectionPermission):
        found = set(table.objects.filter(group__name__in=BY_KEY).values_list("group__name", flat=True))
        assert found == {"marketing", "admin"}
