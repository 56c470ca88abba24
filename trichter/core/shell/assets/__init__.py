"""Third-party front-end files: where they come from, and the maintainers' script that fetches them.

Nothing here runs in production; the fetched files lie in `static/shell/vendor` and are committed.
"""
