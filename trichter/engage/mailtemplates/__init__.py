"""Templates of mails: blocks in the editor become MJML, HTML and a text part with merge tags.

Records no events, follows none. Other features write mails with them through core/mail, by key.
"""
