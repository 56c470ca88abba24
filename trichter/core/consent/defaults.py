"""The purposes an installation begins with, in words that a company can use as they are."""

from dataclasses import dataclass

RECORDING = "session-recording"
"""Key of the purpose for recordings of visits; the banner's script and the ledger know it by this name."""

AD_CLICKS = "ad-clicks"
"""Key of the purpose for keeping the ids by which advertising networks know a click again."""


@dataclass(frozen=True, kw_only=True)
class Default:
    """A purpose with its first wordings; texts by language."""

    key: str
    name: dict[str, str]
    about: dict[str, str]
    text: dict[str, str]
    months: int | None = None
    banner: bool = False


DEFAULTS = (
    Default(
        key="statistics",
        name={"de": "Statistik mit Wiedererkennung", "en": "Statistics with recognition"},
        about={
            "de": "Ein Cookie mit einer Zufallskennung erkennt den Browser beim nächsten Besuch wieder. "
            "Ohne Einwilligung wird nur ohne Kennung gezählt.",
            "en": "A cookie with a random id recognises the browser on the next visit. "
            "Without consent visits are counted without any id.",
        },
        text={
            "de": "Ich bin einverstanden, dass ein Cookie mit einer Zufallskennung („tr_id“, 13 Monate) auf "
            "meinem Gerät gespeichert wird, damit meine Besuche auf dieser Website zusammengeführt und "
            "ausgewertet werden können. Die Daten bleiben auf dem Server des Anbieters. Die Einwilligung "
            "ist freiwillig; ich kann sie jederzeit über „Cookie-Einstellungen“ widerrufen.",
            "en": "I agree that a cookie with a random id (“tr_id”, 13 months) is stored on my device, so "
            "that my visits to this website can be put together and evaluated. The data stays on the "
            "provider's server. Consent is voluntary; I can withdraw it at any time under “Cookie settings”.",
        },
        months=13,
        banner=True,
    ),
    Default(
        key="newsletter",
        name={"de": "Newsletter und Angebote", "en": "Newsletter and offers"},
        about={
            "de": "Werbung per E-Mail oder auf einem anderen vereinbarten Weg.",
            "en": "Advertising by e-mail or another agreed way.",
        },
        text={
            "de": "Ich möchte Neuigkeiten und Angebote erhalten. Ich kann meine Einwilligung jederzeit mit "
            "Wirkung für die Zukunft widerrufen, zum Beispiel über den Abmeldelink in jeder Nachricht.",
            "en": "I would like to receive news and offers. I can withdraw my consent at any time for the "
            "future, for example by the unsubscribe link in every message.",
        },
    ),
    Default(
        key="mail-tracking",
        name={"de": "Auswertung von E-Mails", "en": "Evaluation of e-mails"},
        about={
            "de": "Welche E-Mails geöffnet und welche Links darin angeklickt werden, je Person.",
            "en": "Which e-mails are opened and which links in them are clicked, per person.",
        },
        text={
            "de": "Ich bin einverstanden, dass ausgewertet wird, welche E-Mails ich öffne und welche Links "
            "ich darin anklicke. Die Einwilligung ist freiwillig und jederzeit widerruflich.",
            "en": "I agree that it is evaluated which e-mails I open and which links in them I click. "
            "Consent is voluntary and can be withdrawn at any time.",
        },
    ),
    Default(
        key="profiling",
        name={"de": "Persönliches Interessenprofil", "en": "Personal profile of interests"},
        about={
            "de": "Inhalte und Angebote nach dem bisherigen Verhalten auswählen.",
            "en": "Choosing content and offers by what somebody did before.",
        },
        text={
            "de": "Ich bin einverstanden, dass mein Verhalten auf der Website und in E-Mails zu einem Profil "
            "zusammengeführt wird, um mir passende Inhalte zu zeigen. Ich kann dem jederzeit widersprechen.",
            "en": "I agree that what I do on the website and in e-mails is put together into a profile in "
            "order to show me fitting content. I can object at any time.",
        },
    ),
    Default(
        key="recording",
        name={"de": "Aufzeichnung von Gesprächen", "en": "Recording of conversations"},
        about={
            "de": "Telefonate, Webinare und Termine aufzeichnen.",
            "en": "Recording calls, webinars and meetings.",
        },
        text={
            "de": "Ich bin einverstanden, dass dieses Gespräch aufgezeichnet und zur internen Auswertung "
            "gespeichert wird. Ich kann die Löschung jederzeit verlangen.",
            "en": "I agree that this conversation is recorded and stored for internal evaluation. I can ask "
            "for its deletion at any time.",
        },
    ),
    Default(
        key=AD_CLICKS,
        name={"de": "Erfolgsmessung von Anzeigen", "en": "Measuring the success of ads"},
        about={
            "de": "Die Klick-Kennung, mit der ein Werbenetzwerk einen Klick auf eine Anzeige wiedererkennt "
            "(gclid, msclkid, fbclid …), wird zum Besuch aufbewahrt; dem Netzwerk darf mitgeteilt werden, ob "
            "eine Anfrage oder ein Kauf daraus wurde.",
            "en": "The id by which an advertising network knows a click on an ad again (gclid, msclkid, "
            "fbclid …) is kept with the visit; the network may be told whether the visit led to an enquiry "
            "or a purchase.",
        },
        text={
            "de": "Ich bin einverstanden, dass die Kennung des Klicks auf eine Anzeige, über die ich auf "
            "diese Website kam, mit der Kennung der Statistik aufbewahrt wird, die dafür ebenfalls "
            "nötig ist, und dass dem Werbenetzwerk zu dieser Kennung mitgeteilt werden darf, ob aus "
            "dem Besuch eine Anfrage oder ein Kauf wurde. Die Einwilligung ist freiwillig; ich kann "
            "sie jederzeit über „Cookie-Einstellungen“ widerrufen.",
            "en": "I agree that the id of the click on an ad that brought me to this website is kept with "
            "the id of the statistics, which is needed for it as well, and that the advertising "
            "network may be told, by this id, whether the visit led to an enquiry or a purchase. "
            "Consent is voluntary; I can withdraw it at any time under “Cookie settings”.",
        },
        months=13,
    ),
    Default(
        key=RECORDING,
        name={"de": "Aufzeichnung von Besuchen", "en": "Recording of visits"},
        about={
            "de": "Zeigerbewegungen, Klicks und Scrollen auf der Website als Film; Texte und Eingaben sind "
            "unkenntlich.",
            "en": "Pointer movements, clicks and scrolling on the website as a film; texts and input are "
            "made unreadable.",
        },
        text={
            "de": "Ich bin einverstanden, dass einzelne meiner Besuche auf dieser Website aufgezeichnet und "
            "zur Verbesserung der Website ausgewertet werden: Zeigerbewegungen, Klicks, Scrollen und der "
            "Aufbau der Seiten. Texte und Eingaben werden schon im Browser unkenntlich gemacht. Die "
            "Aufzeichnung wird mit der Kennung der Statistik verknüpft, die dafür ebenfalls nötig ist; "
            "während des Besuchs speichert der Browser eine Zufallszahl („tr_rec“). Die Daten bleiben auf "
            "dem Server des Anbieters und werden nach kurzer Zeit gelöscht. Die Einwilligung ist "
            "freiwillig; ich kann sie jederzeit über „Cookie-Einstellungen“ widerrufen.",
            "en": "I agree that some of my visits to this website are recorded and evaluated in order to "
            "improve the website: pointer movements, clicks, scrolling and the structure of the pages. "
            "Texts and input are made unreadable in the browser already. The recording is linked to the id "
            "of the statistics, which is needed for it as well; during the visit the browser stores a "
            "random number (“tr_rec”). The data stays on the provider's server and is deleted after a "
            "short time. Consent is voluntary; I can withdraw it at any time under “Cookie settings”.",
        },
        months=13,
    ),
)
