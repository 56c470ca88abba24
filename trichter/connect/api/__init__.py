"""The HTTP API for other programs.

Records no events, follows none.
"""
