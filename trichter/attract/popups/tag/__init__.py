"""The script of the pop-ups."""
