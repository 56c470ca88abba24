"""Work that outlives a request: jobs with leases and retries, and a schedule without cron lines.

Records no events, follows none.
"""
