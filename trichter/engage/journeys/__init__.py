"""Journeys: what happens to a person step by step after a trigger: mails, waits, conditions, tasks, goals.

Records journey.entered, journey.ended and journey.scored. Follows whatever a running journey looks at.
"""
