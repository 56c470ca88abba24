"""Who may come in and what they may see: users, teams, roles, API tokens, the audit log.

Records no events, follows none.
"""
