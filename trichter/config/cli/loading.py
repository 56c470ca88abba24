"""What `trichter serve` loads once, before it forks the web server and the worker."""

from importlib import import_module

from trichter.kit.garbage import collector_resting, settle

# Django loads the models and hooks of all features; these are what is called first after that.
_FIRST_CALLED = (
    "trichter.config.urls",
    "trichter.config.wsgi",
    "trichter.config.bridge",
    "trichter.attract.replay.door.house",
    "trichter.attract.replay.draining",
    "trichter.attract.tracking.draining.drainer",
    "trichter.core.journal.worker",
)


def load_house() -> None:
    """Load Django, all features and what web server and worker call first; opens nothing, starts no thread.

    The collector of garbage rests meanwhile, as all of this stays. Afterwards it never looks at it again:
    that would copy the pages of memory which the processes share.
    """
    with collector_resting():
        from .setup import django_setup

        django_setup()
        for name in _FIRST_CALLED:
            import_module(name)
        from django.db import connections

        connections.close_all()
        settle()
