"""Everything that writes about people and companies."""

from .activity import (
    add_note,
    add_task,
    complete_task,
    delete_note,
    edit_note,
    edit_task,
    log_call,
    log_meeting,
    pin_note,
    reopen_task,
)
from .companies import (
    company_merge,
    dismiss_companies,
    find_or_create_company,
    save_company,
    undo_company_merge,
)
from .contacts import add_email, add_phone, make_primary, remove_phone
from .duplicates import find_duplicates
from .links import Linked, identity_for, link, relink, unlink
from .merges import merge, undo_merge
from .people import add_tags, assign_owner, find_or_create_person, remove_tags, set_tags, update_person
from .suggestions import dismiss, suggest, undismiss

__all__ = [
    "Linked",
    "add_email",
    "add_note",
    "add_phone",
    "add_tags",
    "add_task",
    "assign_owner",
    "company_merge",
    "complete_task",
    "delete_note",
    "dismiss",
    "dismiss_companies",
    "edit_note",
    "edit_task",
    "find_duplicates",
    "find_or_create_company",
    "find_or_create_person",
    "identity_for",
    "link",
    "log_call",
    "log_meeting",
    "make_primary",
    "merge",
    "pin_note",
    "relink",
    "remove_phone",
    "remove_tags",
    "reopen_task",
    "save_company",
    "set_tags",
    "suggest",
    "undismiss",
    "undo_company_merge",
    "undo_merge",
    "unlink",
    "update_person",
]
