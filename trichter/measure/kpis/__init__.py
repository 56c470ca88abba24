"""The KPI dictionary and the start page: every number with formula, time basis and rows.

Records no events, follows none.
"""
