"""The tracker: its source, the minified file that is served, and the snippets that carry it."""
