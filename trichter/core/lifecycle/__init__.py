"""The agreed stages from visitor to repeat customer: written rule, machine rule, version.

Records stage.set. Follows everything an actor does, and derives the stages entered.
"""
