"""Orders and the money that came in.

Records order.placed, order.paid, order.refunded. Follows none.
"""
