"""Counting clicks and scrolling, and reading the counters."""
