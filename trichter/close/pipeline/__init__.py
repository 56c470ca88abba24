"""Deals on their way through the pipelines.

Records deal.opened, deal.stage_reached, deal.won, deal.lost, deal.reopened. Follows none.
"""
