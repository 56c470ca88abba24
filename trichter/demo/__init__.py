"""The demo company: a seeded simulator of a year of traffic, mails, deals and orders with known truth.

`truth.py` holds the rates that were put in, `simulate.py` (pure) makes the story, `load.py` writes it: people
and deals (`records.py`), the `website/` and what `marketing/` did.
"""
