"""The words of the confirmation mail. They are part of the proof: a change is a new VERSION.

No advertising: a confirmation mail that advertises is itself a mail nobody agreed to.
"""

VERSION = "1"
LINK = "{{ link }}"

SUBJECT = {"de": "Bitte bestätigen Sie Ihre E-Mail-Adresse", "en": "Please confirm your e-mail address"}
REMINDER = {"de": "Erinnerung: {subject}", "en": "Reminder: {subject}"}
OPENING = {
    "de": "Guten Tag,\n\nam {day} um {time} Uhr ({zone}) wurde diese E-Mail-Adresse auf {page} angegeben.",
    "en": "Hello,\n\non {day} at {time} ({zone}) this e-mail address was given on {page}.",
}
CONSENTS = {
    "de": "Mit Ihrer Bestätigung erklären Sie gegenüber {company}:",
    "en": "By confirming you declare to {company}:",
}
ADDRESS = {
    "de": "Bitte bestätigen Sie, dass die Adresse Ihnen gehört. Danach "
    "senden wir Ihnen, was Sie angefordert haben.",
    "en": "Please confirm that the address is yours. Then we will send you what you asked for.",
}
ASK = {
    "de": "Öffnen Sie dazu bitte diese Seite, und wählen Sie dort „Bestätigen“:",
    "en": "Please open this page and choose “Confirm” there:",
}
BUTTON = {"de": "Zur Bestätigung", "en": "Go to the confirmation"}
CLOSING = {
    "de": "Der Link gilt bis zum {until}. Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne Ihre "
    "Bestätigung wird keine Einwilligung wirksam, und die Anfrage wird danach gelöscht.",
    "en": "The link is valid until {until}. If this was not you, you need not do anything: without your "
    "confirmation no consent takes effect, and the request is deleted afterwards.",
}
