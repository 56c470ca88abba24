"""Public pages, and the back office."""
