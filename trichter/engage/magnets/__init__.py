"""Lead magnets: a file behind a form, delivered by a link of one's own.

Records file.downloaded; follows none (it hears of submissions and confirmations by hooks).
"""
