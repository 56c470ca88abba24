"""What advertising cost, per day, source, medium and campaign.

Records no events, follows none.
"""
