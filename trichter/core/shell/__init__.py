"""The shell of the back office: frame, menu, generic list, detail and form, the company's settings.

Records no events, follows none.
"""
