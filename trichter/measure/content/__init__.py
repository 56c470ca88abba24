"""What content brings: visitors, leads, MQL and won euro per page, by first touch and as assistance.

Records no events, follows none; asks the engine.
"""
