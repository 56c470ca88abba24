"""The journal: the one append-only account of what happened, and its followers.

Records events.retracted, follows none.
"""
