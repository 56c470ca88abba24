"""Where people click and how far they read, counted without persons; and, with consent, recordings of visits.

Records nothing in the journal. Follows consent.withdrawn: what was recorded goes when the consent goes.
"""
