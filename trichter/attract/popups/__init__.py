"""Pop-ups and bars on the public pages: when they show, what is in them, how often.

Records nothing itself; the tracker records custom.happened (popup.shown, popup.closed, popup.clicked).
"""
