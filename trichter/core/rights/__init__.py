"""Rights of data subjects: find, export, rectify and erase a person everywhere; how long data stays.

Records events.retracted and processing.*; follows none. What each model holds is declared on its AppConfig
(kit/personal.py).
"""
