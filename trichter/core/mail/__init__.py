"""Mail to people: the ledger that alone permits a mail to leave, its sending, and what comes back.

Records mail.sent, mail.bounced, mail.complained, mail.opened, mail.clicked; follows none.
"""
