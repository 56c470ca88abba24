"""Newsletters: a template for segments, frozen recipients, tests, reports.

Records no events of its own (the mail house tells what was sent, opened and clicked); follows none.
"""
