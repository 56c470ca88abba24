"""The journal: the one append-only account of what happened, and its followers.

Records events.retracted and visit.continued, follows none.
"""
