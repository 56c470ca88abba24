"""The inbox: what has been acknowledged and is not in the journal yet, on the disk, in order.

A directory of segments. One process appends to a segment (`writer`), one drains them (`draining`). A frame
is a group of requests that were committed together.
"""
