"""Web analytics: visits by source, page, country and device; goals, retention, paths, real time, reports.

Records no events and follows none: every figure is asked of the engine's columns.
"""
