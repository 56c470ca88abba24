"""The public download, and the list of downloads."""
