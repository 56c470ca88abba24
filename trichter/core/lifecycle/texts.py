"""Names the house comes with, by key and language (`de`, `en`)."""

from typing import Final

LABELS: Final[dict[str, dict[str, str]]] = {
    "page": {"de": "Seite aufgerufen", "en": "Viewed a page"},
    "pricing": {"de": "Preisseite aufgerufen", "en": "Viewed the price page"},
    "download": {"de": "Unterlage heruntergeladen", "en": "Downloaded a document"},
    "form": {"de": "Formular gesendet", "en": "Submitted a form"},
    "demo": {"de": "Demo angefragt", "en": "Asked for a demo"},
    "opened": {"de": "E-Mail geöffnet", "en": "Opened a mail"},
    "clicked": {"de": "Link in E-Mail geklickt", "en": "Clicked in a mail"},
    "optin": {"de": "Newsletter bestätigt", "en": "Confirmed the newsletter"},
    "call": {"de": "Telefonat geführt", "en": "Spoke on the telephone"},
    "meeting": {"de": "Termin wahrgenommen", "en": "Came to a meeting"},
    "career": {"de": "Stellenangebote angesehen", "en": "Looked at job offers"},
    "decider": {"de": "Entscheidet mit (Leitung, Geschäftsführung)", "en": "Decides (head, management)"},
    "learner": {"de": "Studium, Praktikum oder Bewerbung", "en": "Student, intern or applicant"},
    "size-s": {"de": "Unternehmen mit 10 bis 49 Beschäftigten", "en": "Company of 10 to 49 people"},
    "size-m": {"de": "Unternehmen mit 50 bis 249 Beschäftigten", "en": "Company of 50 to 249 people"},
    "size-l": {"de": "Unternehmen ab 250 Beschäftigten", "en": "Company of 250 people and more"},
    "dach": {"de": "Deutschland, Österreich oder Schweiz", "en": "Germany, Austria or Switzerland"},
    "work-mail": {"de": "Adresse eines Unternehmens", "en": "A company's mail address"},
    "free-mail": {"de": "Adresse eines Freemail-Anbieters", "en": "A free-mail address"},
}
