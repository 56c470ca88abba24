"""People and companies: identities and their links, merge and undo, notes and tasks.

Records contact.created, identity.*, person.*, note.added, task.done, call.logged, meeting.held.
Follows every event of a person, to keep first source and last activity.
"""
