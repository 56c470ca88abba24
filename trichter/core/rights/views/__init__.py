"""Screens under Settings → Data protection."""
