"""Decisions of the mail house. Pure: no Django, the clock is passed in."""
