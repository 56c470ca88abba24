"""Starting texts by language."""
