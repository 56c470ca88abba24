"""Lists, forms and record pages of people, companies and tasks."""

from .companies import Companies
from .people import People
from .tasks import Tasks

__all__ = ["Companies", "People", "Tasks"]
