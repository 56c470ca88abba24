"""Pure parsers of imported files: access logs, visits, and the guess which column means what. No Django."""
