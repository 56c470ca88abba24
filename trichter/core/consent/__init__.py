"""Consents: an append-only ledger of who allowed what, in which words, and the banner that asks for it.

Records consent.given, consent.withdrawn; follows none.
"""
