"""What people and companies offer to the rest of the house."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.journal.followers import Follower
from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider, resource_provider

from .profile import ProfileFollower


@hooks.register("register_follower")
def profile() -> Follower:
    """First source and times of activity, for lists."""
    return ProfileFollower()


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Sales: contacts, companies, duplicates, tasks."""
    see, firms, tasks = "people.view_person", "people.view_company", "people.view_task"
    merge = "people.merge_person"
    return [
        MenuItem(
            group="sales", label=_("Contacts"), url_name="people:person_list", icon="users",
            permission=see, order=20,
        ),
        MenuItem(
            group="sales", label=_("Companies"), url_name="people:company_list", icon="building",
            permission=firms, order=30,
        ),
        MenuItem(
            group="sales", label=_("Tasks"), url_name="people:task_list", icon="checklist",
            permission=tasks, order=40,
        ),
        MenuItem(
            group="sales", label=_("Duplicates"), url_name="people:duplicates", icon="git-merge",
            permission=merge, order=90,
        ),
        MenuItem(
            group="sales", label=_("Contact"), url_name="people:person_new", icon="user-plus",
            permission="people.add_person", order=10, create=True,
        ),
        MenuItem(
            group="sales", label=_("Company"), url_name="people:company_new", icon="building",
            permission="people.add_company", order=20, create=True,
        ),
        MenuItem(
            group="sales", label=_("Task"), url_name="people:task_new", icon="checklist",
            permission="people.add_task", order=30, create=True,
        ),
    ]  # fmt: skip


@hooks.register("register_search")
def search() -> list[Provider]:
    """People by name, address, company or number; companies; tasks."""
    from .resources import Companies, People, Tasks

    return [
        resource_provider(resource=People.get(), order=10),
        resource_provider(resource=Companies.get(), order=20),
        resource_provider(resource=Tasks.get(), order=60),
    ]
