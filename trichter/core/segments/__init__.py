"""Segments: people who fulfil a rule, or were chosen by hand. Memberships are stored, with a log of who
joined and left, when and why; kept in step with the journal by a follower, and proven every night.

Records segment.joined and segment.left. Follows everything a rule can look at, but never these two kinds.
"""
