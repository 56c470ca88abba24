"""Codes of the ledger in words, and what can be done about them."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "bounced_hard": _("the address does not exist"),
    "bounced_soft": _("came back for the time being"),
    "broken": _("an error in the program"),
    "complained": _("reported as spam"),
    "decided": _("decided by a colleague"),
    "erased": _("the contact was erased"),
    "login_refused": _("the mail server refuses the log-in"),
    "connection_refused": _("the mail server refuses the connection"),
    "lost_answer": _("the connection broke before the answer"),
    "no_connection": _("the mail server cannot be reached"),
    "no_consent": _("no consent"),
    "no_mailbox": _("the address does not exist"),
    "no_text": _("the text could not be written"),
    "refused": _("refused by the receiving server"),
    "restricted": _("processing of the contact's data is restricted (Art. 18 GDPR)"),
    "sender_refused": _("the mail server refuses the sender"),
    "server_busy": _("the mail server is busy"),
    "suppressed_complaint": _("reported as spam earlier"),
    "suppressed_hard": _("the address does not exist (known before)"),
    "suppressed_manual": _("suppressed by a colleague"),
    "too_often": _("enough mails for now"),
    "wish": _("the recipient wants fewer mails"),
    "tried_for_days": _("tried for days without success"),
    "try_later": _("put off by the receiving server"),
    "unsubscribed": _("unsubscribed"),
    "worker_lost": _("the worker ended while sending"),
}
GROUNDS = {
    "marketing": _(
        "Advertising: only with the consent, within the limits of mails for one contact, outside of "
        "quiet hours"
    ),
    "contract": _(
        "Service: part of what the contact asked for or agreed; needs no consent and counts in no limit"
    ),
    "system": _("Technical: a notice of this system, such as a confirmation; counts in no limit"),
}
TONES = {
    "due": "blue", "sending": "azure", "sent": "green", "failed": "red", "bounced": "orange",
    "suppressed": "", "unclear": "yellow", "cancelled": "",
}  # fmt: skip

POINTS = {
    "sender": (
        _("Sender's address"),
        _("Use an address of your own domain, not one of a free mail service."),
    ),
    "imprint": (
        _("Postal address"),
        _("Enter the company's postal address; every advertising mail must carry it."),
    ),
    "address": (
        _("Address of this installation"),
        _("Links to unsubscribe need an address that begins with https and that everybody can reach."),
    ),
    "tls": (
        _("Encrypted way to the mail server"),
        _("Use smtp+tls or smtp+ssl in the setting email_url."),
    ),
    "spf": (
        _("SPF"),
        _("Publish exactly one record that permits your mail server and ends with ~all or -all."),
    ),
    "dkim": (
        _("DKIM"),
        _("Make a key in the settings, then publish the record shown here."),
    ),
    "dmarc": (_("DMARC"), _("Publish the record shown here; p=none is enough to begin with.")),
    "aligned": (
        _("Sender and bounce address belong together"),
        _("The bounce address must be of the sender's domain or of a part of it."),
    ),
    "ptr": (
        _("Reverse name of the mail server (PTR)"),
        _("The address of the mail server must lead to a name that leads back to it. Your hoster sets it."),
    ),
    "mx": (
        _("MX of the bounce address"),
        _("Without it no returned mail can arrive. Publish the record, or choose another address."),
    ),
    "bounces": (
        _("Returned mails arrive"),
        _("Enter the mailbox in the settings and send the test mail. It counts when it has come back."),
    ),
    "complaints": (
        _("Complaints below 0.30 %"),
        _("Too many recipients reported your mails as spam. Write only to those who expect it."),
    ),
}
