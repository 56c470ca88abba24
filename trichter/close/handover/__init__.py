"""Handover: a person who reaches the agreed stage goes to the right colleague of sales, within agreed times.

Records handover.created, .routed, .accepted, .returned, .withdrawn, .recycled, .contacted and .breached.
Hears of stage entries through the lifecycle's hook, and follows calls, meetings and contacts.
"""
