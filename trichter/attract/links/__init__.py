"""Short tracked links and their QR codes: one stored target, counted once per visitor and day.

Records shortlink.followed; follows none.
"""
