"""Screens of newsletters."""
