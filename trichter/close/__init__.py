"""Stage: decision and action, deals and orders."""
