"""Calls to action as data, with variants by condition, and content that shows itself by condition.

Records nothing itself; the tracker records custom.happened (cta.shown, cta.clicked).
"""
