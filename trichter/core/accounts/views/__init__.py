"""Screens: the own account, users, teams, tokens and the audit log."""
