"""Screens: settings and ledger for colleagues, a person's consents, the banner for visitors."""
