"""Stage: the outside brings in data and asks for answers."""
