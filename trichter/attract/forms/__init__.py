"""Forms of the public pages: fields, submissions kept raw before anything else, checks, contacts.

Records form.submitted; follows none.
"""
