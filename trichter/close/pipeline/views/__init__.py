"""Screens of deals and pipelines."""
