"""Funnels: definition, exact evaluation, and the people behind every bar.

Records no events, follows none.
"""
