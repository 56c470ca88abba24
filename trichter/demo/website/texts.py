# ruff: noqa: E501 - texts are easier to read in one line
"""The texts of the demo company's site. Fjordwerk, its customers and all numbers are invented."""

from typing import Any

Block = tuple[str, dict[str, Any]]

PERSONAS = (
    ("leitung", "Leitung Instandhaltung", "Will Stillstände vermeiden und Prüfungen nachweisen können."),
    ("geschaeft", "Geschäftsführung", "Will Kosten kennen und Risiken loswerden."),
    ("technik", "Technikerin, Techniker", "Will weniger Papier und klare Aufträge auf dem Telefon."),
)
TOPICS = (
    ("wartungsplanung", "Wartungsplanung"), ("pruefpflichten", "Prüfpflichten"),
    ("kosten", "Kosten"), ("praxis", "Aus der Praxis"),
)  # fmt: skip


def button(label: str, url: str, *, style: str = "primary", name: str = "") -> dict[str, Any]:
    """A button's raw values."""
    return {"label": label, "page": None, "url": url, "style": style, "name": name}


def hero(
    kicker: str, heading: str, text: str, *buttons: dict[str, Any], points: tuple[str, ...] = ()
) -> Block:
    """A hero."""
    values = {"kicker": kicker, "heading": heading, "text": f"<p>{text}</p>", "buttons": list(buttons),
              "points": list(points), "image": None}  # fmt: skip
    return ("hero", values)


def section(
    kind: str, heading: str = "", *, ground: str = "plain", anchor: str = "", intro: str = "", **more: Any
) -> Block:
    """Any block with a heading."""
    return (kind, {"heading": heading, "intro": intro, "anchor": anchor, "ground": ground, **more})


def prose(html: str) -> Block:
    """Running text."""
    return ("text", {"text": html})


def features(heading: str, *items: tuple[str, str, str], **more: Any) -> Block:
    """Cards."""
    cards = [{"icon": icon, "heading": title, "text": text} for icon, title, text in items]
    return section("features", heading, items=cards, **more)


def questions(heading: str, *items: tuple[str, str], **more: Any) -> Block:
    """Frequent questions."""
    found = [{"question": question, "answer": f"<p>{answer}</p>"} for question, answer in items]
    return section("faq", heading, items=found, **more)


def quote(text: str, name: str, role: str, ground: str = "night") -> Block:
    """A testimonial."""
    return ("testimonial", {"quote": text, "name": name, "role": role, "image": None, "ground": ground})


DEMO_CTA = section(
    "cta", "In 30 Minuten wissen Sie, ob es passt.",
    intro="Wir zeigen Ihnen Fjordwerk an einer Ihrer Anlagen. Unverbindlich und mit Zeit für Ihre Fragen.",
    buttons=[button("Demo vereinbaren", "/demo/", name="band: Demo"),
             button("Preise ansehen", "/preise/", style="secondary", name="band: Preise")],
)  # fmt: skip
SEALS = section(
    "seals", "", ground="soft",
    items=[
        {"name": "Serverstandort Deutschland", "detail": "Rechenzentren in Frankfurt und Hamburg", "image": None, "url": "", "until": None},
        {"name": "ISO 27001", "detail": "Informationssicherheit, jährlich geprüft", "image": None, "url": "", "until": None},
        {"name": "Vertrag zur Auftragsverarbeitung", "detail": "Liegt jedem Vertrag bei", "image": None, "url": "", "until": None},
    ],
)  # fmt: skip
PLANS = section(
    "pricing", "Drei Pakete, keine Überraschungen", anchor="pakete",
    intro="Alle Preise gelten je Standort und Monat, zuzüglich Mehrwertsteuer.",
    plans=[
        {"name": "Werkstatt", "amount": "49", "currency": "EUR", "per": "Monat", "note": "Für einen Standort mit bis zu 50 Anlagen", "points": ["3 Personen", "Wartungsplan mit Erinnerungen", "Prüfprotokolle als PDF"], "highlighted": False, "button": button("Werkstatt testen", "/lp/wartungsplaner/", style="secondary", name="Preise: Werkstatt")},
        {"name": "Betrieb", "amount": "149", "currency": "EUR", "per": "Monat", "note": "Für einen Standort ohne Begrenzung der Anlagen", "points": ["20 Personen", "Störmeldungen mit Foto", "Ersatzteile und Lieferanten", "Auswertung der Kosten"], "highlighted": True, "button": button("Demo vereinbaren", "/demo/", name="Preise: Betrieb")},
        {"name": "Verbund", "amount": None, "currency": "EUR", "per": "", "note": "Für mehrere Standorte", "points": ["Beliebig viele Personen", "Anbindung an SAP und DATEV", "Anmeldung über Ihr Unternehmen", "Feste Ansprechpartnerin"], "highlighted": False, "button": button("Gespräch vereinbaren", "/demo/", style="secondary", name="Preise: Verbund")},
    ],
    small_print="Monatlich kündbar. Einrichtung und Übernahme Ihrer Listen sind im ersten Monat enthalten.",
)  # fmt: skip
COMPARE = section(
    "comparison", "Tabelle, Papier oder Fjordwerk?", ground="soft",
    columns=["Fjordwerk", "Tabelle", "Papier"],
    rows=[
        {"label": "Erinnert an fällige Wartungen", "cells": ["ja", "nein", "nein"]},
        {"label": "Nachweis für Prüfungen", "cells": ["mit einem Klick", "von Hand", "im Ordner"]},
        {"label": "Störung mit Foto melden", "cells": ["ja", "nein", "nein"]},
        {"label": "Kosten je Anlage", "cells": ["ja", "mit Aufwand", "nein"]},
        {"label": "Funktioniert ohne Netz", "cells": ["ja", "ja", "ja"]},
    ],
    source="Eigene Einschätzung, Stand dieses Jahres.",
)  # fmt: skip
FAQ_ITEMS = (
    ("Wie lange dauert die Einführung?", "Die meisten Betriebe arbeiten nach zwei Wochen damit. Ihre Anlagenliste übernehmen wir aus einer Tabelle."),
    ("Brauchen wir neue Geräte?", "Nein. Ein Browser genügt, und auf dem Telefon funktioniert Fjordwerk auch ohne Netz."),
    ("Wem gehören unsere Daten?", "Ihnen. Sie können alles jederzeit als Tabelle und PDF herunterladen, auch nach dem Ende des Vertrags."),
    ("Können wir monatlich kündigen?", "Ja, zum Ende jedes Monats. Eine Mindestlaufzeit gibt es nicht."),
    ("Welche Prüfungen deckt Fjordwerk ab?", "Vorlagen für DGUV Vorschrift 3, Leitern, Regale, Krane, Druckbehälter und Brandschutz sind dabei. Eigene legen Sie in Minuten an."),
)  # fmt: skip


def _home(made: dict[str, Any]) -> list[Block]:
    return [
        hero(
            "Software für Instandhaltung", "Wartung, die planbar wird.",
            "Fjordwerk sagt Ihrem Team, was heute zu tun ist, und hält den Nachweis bereit, wenn die Prüfung kommt.",
            button("Demo vereinbaren", "/demo/", name="Start: Demo"),
            button("Whitepaper lesen", "/lp/whitepaper/", style="secondary", name="Start: Whitepaper"),
            points=("In zwei Wochen eingeführt", "Monatlich kündbar", "Server in Deutschland"),
        ),
        features(
            "Weniger Stillstand, weniger Papier",
            ("calendar", "Ein Plan, der sich selbst pflegt", "Fristen, Betriebsstunden und Prüfpflichten ergeben den Arbeitsplan der Woche."),
            ("device-mobile", "Aufträge aufs Telefon", "Foto, Messwert, Unterschrift: Ihr Team dokumentiert dort, wo es arbeitet."),
            ("chart-bar", "Kosten je Anlage", "Sie sehen, welche Maschine Sie wie viel kostet, und entscheiden rechtzeitig."),
        ),
        SEALS,
        quote("Früher haben wir repariert. Heute warten wir. Das spart uns zwölf Stunden im Monat und manche Nacht.", "Maren Hansen", "Geschäftsführerin, Bäckerei Hansen"),
        section("latest", "Aus dem Magazin", parent=made["blog"], count=3),
        DEMO_CTA,
    ]  # fmt: skip


HOME: dict[str, Any] = {
    "title": "Start", "seo_title": "Fjordwerk: Software für planbare Wartung und Instandhaltung",
    "description": "Fjordwerk plant Wartungen, erinnert an Prüfungen und dokumentiert sie auf dem Telefon. In zwei Wochen eingeführt, monatlich kündbar.",
    "summary": "Wartung, die planbar wird.", "phase": "tofu", "body": _home,
}  # fmt: skip

_PLAN_HTML = """<p>Ein Wartungsplan ist eine Liste mit Folgen: Was nicht darin steht, fällt aus, meistens am Freitagnachmittag. Mit dieser Vorlage haben Sie den ersten Plan an einem Vormittag fertig.</p>
<h2>Was in den Plan gehört</h2><p>Fünf Spalten genügen für den Anfang. Mehr Angaben machen den Plan nicht besser, sondern schwerer zu pflegen.</p><ul><li><b>Anlage</b> mit Standort und Inventarnummer</li><li><b>Tätigkeit</b> in einem Satz, den auch eine Vertretung versteht</li><li><b>Abstand</b> in Tagen oder Betriebsstunden</li><li><b>Zuständig</b> mit Namen, nicht mit Abteilung</li><li><b>Zuletzt erledigt</b> mit Datum</li></ul>
<h2>In vier Schritten zum ersten Plan</h2><ol><li>Schreiben Sie die zehn Anlagen auf, deren Ausfall am meisten kostet.</li><li>Übernehmen Sie die Abstände aus den Handbüchern der Hersteller.</li><li>Ergänzen Sie gesetzliche Prüfungen; eine Übersicht finden Sie in <a href="/blog/pruefpflichten-2026/">unserem Beitrag zu den Prüfpflichten</a>.</li><li>Legen Sie für jede Zeile fest, wer vertritt.</li></ol>
<h2>Der häufigste Fehler</h2><p>Viele Pläne scheitern nicht am Inhalt, sondern daran, dass niemand erinnert wird. Eine Tabelle meldet sich nicht. Planen Sie deshalb einen festen Termin je Woche ein, oder lassen Sie sich von einer Software erinnern.</p><p>Wie eine Bäckerei mit 140 Maschinen vorgegangen ist, lesen Sie in der <a href="/fallstudien/baeckerei-hansen/">Fallstudie Bäckerei Hansen</a>.</p>"""
_COST_HTML = """<p>Instandhaltung gilt als Kostenblock, an dem sich wenig ändern lässt. Drei Stellschrauben zeigen fast überall Wirkung, und keine davon braucht neues Personal.</p>
<h2>Ungeplante Arbeit ist die teuerste</h2><p>Eine Reparatur im Stillstand kostet mehr als dieselbe Arbeit zur geplanten Zeit: Express-Ersatzteile, Überstunden, wartende Kolleginnen. Messen Sie deshalb zuerst den Anteil geplanter Stunden.</p>
<h2>Drei Stellschrauben</h2><h3>1. Die teuersten zehn Anlagen</h3><p>Meistens verursachen wenige Maschinen den größten Teil der Kosten. Beginnen Sie dort.</p><h3>2. Ersatzteile mit Verstand</h3><p>Legen Sie nur Teile auf Lager, deren Fehlen einen Stillstand bedeutet. Für alles andere genügt eine Liste mit Lieferzeiten.</p><h3>3. Abstände prüfen</h3><p>Herstellerangaben sind vorsichtig. Wer Befunde aufschreibt, kann Abstände mit gutem Grund strecken.</p>
<h2>Was Sie messen sollten</h2><p>Zwei Zahlen reichen: der Anteil geplanter Stunden und die Kosten je Anlage und Jahr. Eine <a href="/blog/wartungsplan-vorlage/">Vorlage für den Wartungsplan</a> hilft beim Anfang.</p>"""
_PRACTICE_HTML = """<p>Digitale Wartung klingt nach Sensoren und künstlicher Intelligenz. In den meisten Betrieben beginnt sie mit einem Telefon in der Hosentasche.</p>
<h2>Was sich am ersten Tag ändert</h2><p>Der Auftrag kommt aufs Gerät, das Foto der Störung kommt dazu, und die Unterschrift liegt nicht mehr im Fahrzeug. Mehr braucht es nicht, um den Papierstapel loszuwerden.</p>
<h2>Was dagegen spricht</h2><p>Schlechtes Netz in der Halle, Handschuhe, alte Geräte: Achten Sie darauf, dass die Anwendung ohne Netz funktioniert und große Schaltflächen hat.</p>
<h2>So gewinnen Sie das Team</h2><p>Lassen Sie zwei Personen aus der Werkstatt entscheiden, welche Angaben Pflicht sind. Was die Kolleginnen und Kollegen selbst gestrichen haben, fehlt später niemandem. Mehr dazu in unserem <a href="/podcast/">Podcast</a>.</p>"""
_DUTY_HTML = """<p>Prüfpflichten sind über viele Vorschriften verteilt. Diese Übersicht nennt die häufigsten für produzierende Betriebe. Sie ersetzt keine Rechtsberatung; maßgeblich ist Ihre Gefährdungsbeurteilung.</p>
<h2>Die häufigsten Prüfungen</h2><ul><li><b>Elektrische Betriebsmittel</b>: Abstände nach DGUV Vorschrift 3, je nach Einsatz</li><li><b>Leitern und Tritte</b>: regelmäßig, üblich ist einmal im Jahr</li><li><b>Regale</b>: Sichtkontrolle und Inspektion durch eine befähigte Person</li><li><b>Krane und Hebezeuge</b>: in der Regel einmal im Jahr</li><li><b>Feuerlöscher</b>: üblich sind zwei Jahre</li></ul>
<h2>Was im Protokoll stehen muss</h2><p>Datum, Umfang, Ergebnis, Mängel, Name der prüfenden Person. Fehlt eine Angabe, gilt die Prüfung im Zweifel als nicht erfolgt.</p>
<h2>Fristen im Blick behalten</h2><p>Nehmen Sie Prüfungen in denselben Plan auf wie die Wartung. Wie er aufgebaut sein kann, zeigt unsere <a href="/blog/wartungsplan-vorlage/">Vorlage</a>.</p>"""
_CASE_HTML = """<h2>Die Ausgangslage</h2><p>Acht Filialen, eine Backstube, 140 Maschinen. Wartungen standen in einer Tabelle, die nur einer verstand. Fiel ein Ofen aus, begann die Suche nach dem letzten Protokoll.</p><h2>Was Fjordwerk verändert hat</h2><p>In zwei Wochen waren alle Anlagen erfasst. Seitdem bekommt jede Schicht ihre Aufträge aufs Telefon, und Störungen werden mit Foto gemeldet. Die Prüfprotokolle liegen dort, wo die Aufsicht danach fragt.</p>"""
_PRODUCT = [
    hero("Produkt", "Ein Ort für jede Anlage.", "Plan, Auftrag, Nachweis und Kosten gehören zusammen. Fjordwerk hält sie zusammen, vom Ofen bis zum Gabelstapler.", button("Demo vereinbaren", "/demo/", name="Produkt: Demo"), button("Preise ansehen", "/preise/", style="secondary", name="Produkt: Preise")),
    features(
        "Was Fjordwerk für Sie übernimmt",
        ("calendar", "Planen", "Abstände nach Zeit oder Betriebsstunden, mit Vertretung und Erinnerung."),
        ("device-mobile", "Erledigen", "Aufträge mit Checkliste, Foto und Unterschrift, auch ohne Netz."),
        ("shield-check", "Nachweisen", "Protokolle für Prüfungen, vollständig und mit einem Klick."),
        ("file-text", "Ersatzteile", "Bestand, Lieferzeit und Lieferant direkt an der Anlage."),
        ("chart-bar", "Auswerten", "Kosten, Stillstand und Anteil geplanter Arbeit je Anlage."),
        ("users", "Zusammenarbeiten", "Werkstatt, Produktion und Fremdfirmen sehen denselben Stand."),
    ),
    section("steps", "In zwei Wochen im Einsatz", ground="soft", items=[
        {"heading": "Liste übernehmen", "text": "Sie schicken uns Ihre Anlagen als Tabelle, wir lesen sie ein."},
        {"heading": "Pläne anlegen", "text": "Vorlagen für die häufigsten Prüfungen sind schon da."},
        {"heading": "Team einweisen", "text": "Eine Stunde genügt; die Anwendung erklärt sich am Gerät."},
    ]),
    COMPARE,
    DEMO_CTA,
]  # fmt: skip
_WHITEPAPER = [
    hero(
        "Kostenloses Whitepaper", "Wartung planbar machen",
        "Auf sechs Seiten vom Reparieren zum Planen: mit Vorlagen, Kennzahlen und einem Ablauf für die ersten 90 Tage.",
        button("Whitepaper anfordern", "#formular", name="Whitepaper: oben"),
        points=("Sechs Seiten, ohne Werbung", "3 Vorlagen zum Übernehmen", "Als PDF in Ihrem Postfach"),
    ),
    features(
        "Das steckt darin",
        ("target", "Die zehn teuersten Anlagen", "Wie Sie in einer Stunde herausfinden, wo Planung am meisten bringt."),
        ("calendar", "Der 90-Tage-Ablauf", "Woche für Woche: was zuerst kommt und was warten kann."),
        ("chart-bar", "Zwei Kennzahlen", "Womit Sie der Geschäftsführung zeigen, dass es wirkt."),
    ),
    quote("Nach sechs Wochen hatten wir den Anteil geplanter Arbeit verdoppelt.", "Jens Petersen", "Leiter Technik, Elbe Logistik"),
    section("form", "Whitepaper anfordern", anchor="formular", form="whitepaper", intro="Sie erhalten das PDF gleich nach der Bestätigung Ihrer Adresse.", points=["Sechs Seiten mit drei Vorlagen", "Auf dem Telefon gut lesbar", "Ohne Verpflichtung"], small_print="<p>Wir verwenden Ihre Angaben nur für den Versand. Mehr steht in den <a href=\"/datenschutz/\">Datenschutzhinweisen</a>.</p>"),
    questions(
        "Fragen vorab",
        ("Kostet das Whitepaper etwas?", "Nein. Es ist kostenlos und verpflichtet Sie zu nichts."),
        ("Bekomme ich danach Werbung?", "Nur, wenn Sie ausdrücklich zustimmen. Abmelden können Sie sich mit einem Klick."),
        ("Für welche Betriebe ist es geschrieben?", "Für Betriebe mit 20 bis 500 Anlagen, in denen bisher Tabellen oder Papier im Einsatz sind."),
        ground="soft",
    ),
]  # fmt: skip
_PLANNER = [
    hero("14 Tage kostenlos", "Der Wartungsplaner für Ihren Betrieb", "Legen Sie heute Ihre ersten zehn Anlagen an, und lassen Sie sich morgen an die erste Wartung erinnern.", button("Jetzt testen", "#formular", name="Wartungsplaner: oben"), points=("Ohne Zahlungsdaten", "Endet von selbst", "Hilfe beim Start")),
    section("countdown", "Einrichtung geschenkt", ground="soft", intro="Wer jetzt beginnt, bekommt die Übernahme der Anlagenliste ohne Berechnung.", ends_at="2030-01-01T10:00:00+00:00", after="Die Aktion ist beendet. Den Test können Sie weiterhin kostenlos beginnen.", buttons=[button("Jetzt testen", "#formular", name="Wartungsplaner: Frist")]),
    features("Das ist dabei", ("check", "Alle Funktionen", "Vom Plan bis zur Auswertung, ohne Einschränkung."), ("users", "Ihr ganzes Team", "Laden Sie ein, wen Sie brauchen."), ("mail", "Antwort am selben Tag", "Menschen, die Werkstätten kennen.")),
    section("form", "Testzugang anlegen", anchor="formular", form="wartungsplaner", intro="Ihre geschäftliche E-Mail-Adresse genügt.", points=["Zugang in einer Minute", "Beispieldaten sind schon da"], small_print="<p>Nach 14 Tagen endet der Test von selbst. <a href=\"/datenschutz/\">Datenschutzhinweise</a></p>"),
]  # fmt: skip
_DEMO = [
    hero("Persönliche Demo", "Sehen Sie Ihre Anlage in Fjordwerk.", "30 Minuten am Bildschirm, an einem Beispiel aus Ihrem Betrieb. Danach wissen Sie, was es bringt und was es kostet.", button("Termin anfragen", "#formular", name="Demo: oben"), points=("30 Minuten", "Unverbindlich", "Mit Zeit für Fragen")),
    section("steps", "So läuft es ab", ground="soft", items=[{"heading": "Anfrage", "text": "Sie nennen uns eine Anlage und zwei passende Zeiten."}, {"heading": "Vorgespräch", "text": "Fünf Minuten am Telefon, damit wir das Richtige zeigen."}, {"heading": "Demo", "text": "Sie sehen Plan, Auftrag und Nachweis für Ihre Anlage."}]),
    section("form", "Demo vereinbaren", anchor="formular", form="demo", intro="Wir melden uns am nächsten Werktag.", points=["Gespräch mit einer Technikerin", "Kein Verkaufsskript"], small_print="<p><a href=\"/datenschutz/\">Datenschutzhinweise</a></p>"),
    quote("Nach der Demo war klar, dass wir das brauchen. Nach zwei Wochen lief es.", "Maren Hansen", "Geschäftsführerin, Bäckerei Hansen", "night"),
]  # fmt: skip
_WEBINAR = [
    hero("Live-Webinar", "Vom Reparieren zum Planen", "In 45 Minuten zeigen wir, wie drei Betriebe ihren Wartungsplan aufgebaut haben, und was sie heute anders machen würden.", button("Platz sichern", "#formular", name="Webinar: oben"), points=("45 Minuten", "Mit Fragerunde", "Aufzeichnung inklusive")),
    features("Darum geht es", ("target", "Der Anfang", "Welche zehn Anlagen zuerst in den Plan gehören."), ("chart-bar", "Die Zahlen", "Was sich nach einem halben Jahr verändert hat."), ("users", "Ihre Fragen", "Die letzte Viertelstunde gehört Ihnen.")),
    section("form", "Platz sichern", anchor="formular", form="webinar", ground="soft", intro="Den Zugangslink erhalten Sie per E-Mail.", points=["Kostenlos", "Ohne Installation im Browser"], small_print="<p><a href=\"/datenschutz/\">Datenschutzhinweise</a></p>"),
]  # fmt: skip

PAGES: list[dict[str, Any]] = [
    {"path": "produkt", "type": "plain", "title": "Produkt", "menu": True, "phase": "mofu", "persona": "leitung", "seo_title": "Produkt: Wartung planen, erledigen, nachweisen", "description": "Planen, erledigen, nachweisen: Fjordwerk verbindet Wartungsplan, Aufträge auf dem Telefon, Prüfprotokolle und Kosten je Anlage.", "body": _PRODUCT},
    {"path": "preise", "type": "plain", "title": "Preise", "menu": True, "phase": "bofu", "persona": "geschaeft", "topic": "kosten", "seo_title": "Preise und Pakete der Wartungssoftware", "description": "Drei Pakete ab 49 Euro je Standort und Monat, monatlich kündbar, Einrichtung inklusive. Vergleichen Sie Leistungen und Preise.", "summary": "Monatlich kündbar, Einrichtung inklusive.", "body": [PLANS, COMPARE, questions("Fragen zum Vertrag", *FAQ_ITEMS[2:4]), DEMO_CTA]},
    {"path": "fallstudien", "type": "index", "title": "Fallstudien", "menu": True, "phase": "mofu", "seo_title": "Fallstudien: Betriebe, die planbar warten", "description": "Wie Betriebe mit Fjordwerk von der Reparatur zur Planung gekommen sind: Ausgangslage, Vorgehen und Ergebnisse in Zahlen.", "summary": "Wie Betriebe von der Reparatur zur Planung gekommen sind.", "fields": {"feed": False}, "body": []},
    {"path": "fallstudien/baeckerei-hansen", "type": "case", "title": "Bäckerei Hansen: zwölf Stunden im Monat gespart", "phase": "bofu", "persona": "geschaeft", "topic": "praxis", "age": 120, "description": "Acht Filialen, 140 Maschinen, eine unverständliche Tabelle: wie die Bäckerei Hansen ihre Wartung in zwei Wochen planbar gemacht hat.", "summary": "Acht Filialen, 140 Maschinen und eine Tabelle, die nur einer verstand.", "fields": {"customer": "Bäckerei Hansen", "industry": "Lebensmittel", "size": "8 Filialen, 95 Beschäftigte"}, "body": [prose(_CASE_HTML), section("numbers", "Das Ergebnis nach einem Jahr", items=[{"number": "12 h", "meaning": "weniger Aufwand im Monat"}, {"number": "−38 %", "meaning": "ungeplante Stillstände"}, {"number": "100 %", "meaning": "Prüfungen mit Protokoll"}]), quote("Früher haben wir repariert. Heute warten wir.", "Maren Hansen", "Geschäftsführerin, Bäckerei Hansen"), DEMO_CTA]},
    {"path": "blog", "type": "index", "title": "Magazin", "menu": True, "phase": "tofu", "seo_title": "Magazin: Wartung und Instandhaltung in der Praxis", "description": "Vorlagen, Übersichten und Erfahrungen aus der Instandhaltung: verständlich geschrieben für Betriebe, die ihre Wartung planen wollen.", "summary": "Vorlagen, Übersichten und Erfahrungen aus der Instandhaltung.", "body": []},
    {"path": "blog/wartungsplan-vorlage", "type": "article", "title": "Wartungsplan: Vorlage und Anleitung", "phase": "tofu", "persona": "leitung", "topic": "wartungsplanung", "author": "Ida Brandt", "age": 300, "description": "Mit dieser Vorlage haben Sie Ihren ersten Wartungsplan an einem Vormittag fertig: fünf Spalten, vier Schritte und der häufigste Fehler.", "summary": "Fünf Spalten, vier Schritte: der erste Plan an einem Vormittag.", "body": [prose(_PLAN_HTML), DEMO_CTA]},
    {"path": "blog/instandhaltung-kosten-senken", "type": "article", "title": "Instandhaltungskosten senken: drei Stellschrauben", "phase": "tofu", "persona": "geschaeft", "topic": "kosten", "author": "Ole Tamm", "age": 220, "description": "Ungeplante Arbeit ist die teuerste. Drei Stellschrauben, mit denen Betriebe ihre Instandhaltungskosten senken, ohne Personal abzubauen.", "summary": "Ungeplante Arbeit ist die teuerste. Wo Sie zuerst ansetzen.", "body": [prose(_COST_HTML), DEMO_CTA]},
    {"path": "blog/digitale-wartung-praxis", "type": "article", "title": "Digitale Wartung: was in der Praxis zählt", "phase": "tofu", "persona": "technik", "topic": "praxis", "author": "Ida Brandt", "age": 140, "description": "Digitale Wartung beginnt nicht mit Sensoren, sondern mit dem Telefon: was sich am ersten Tag ändert und wie das Team mitzieht.", "summary": "Sie beginnt nicht mit Sensoren, sondern mit dem Telefon.", "body": [prose(_PRACTICE_HTML), DEMO_CTA]},
    {"path": "blog/pruefpflichten-2026", "type": "article", "title": "Prüfpflichten im Betrieb: die Übersicht", "phase": "tofu", "persona": "leitung", "topic": "pruefpflichten", "author": "Ole Tamm", "age": 60, "description": "Leitern, Regale, Krane, elektrische Betriebsmittel: welche Prüfungen üblich sind und was in jedem Protokoll stehen muss.", "summary": "Welche Prüfungen üblich sind und was im Protokoll stehen muss.", "body": [prose(_DUTY_HTML), DEMO_CTA]},
    {"path": "podcast", "type": "podcast", "title": "Werkstattgespräch", "menu": True, "phase": "tofu", "persona": "technik", "seo_title": "Werkstattgespräch: der Podcast zur Instandhaltung", "description": "Der Podcast für alle, die Anlagen am Laufen halten: kurze Gespräche mit Menschen aus Werkstatt, Planung und Geschäftsführung.", "summary": "Kurze Gespräche mit Menschen, die Anlagen am Laufen halten.", "fields": {"owner_name": "Fjordwerk Software GmbH", "owner_email": "podcast@fjordwerk.example", "category": "Business"}, "body": []},
    {"path": "podcast/folge-1", "type": "episode", "title": "Weniger Papier in der Werkstatt", "phase": "tofu", "persona": "technik", "topic": "praxis", "age": 30, "description": "Folge 1: Eine Technikerin erzählt, wie ihr Team in zwei Wochen ohne Papier auskam und was sie beim nächsten Mal anders machen würde.", "summary": "Eine Technikerin erzählt, wie ihr Team in zwei Wochen ohne Papier auskam.", "fields": {"number": 1, "season": 1, "transcript": "In dieser Demo ist die Tonspur leer.\n\nWie es die Technikerin Sonja Lüders gemacht hat, steht in unserem Magazin."}, "body": [prose('<p>Mehr zum Thema lesen Sie in unserem Beitrag <a href="/blog/digitale-wartung-praxis/">Digitale Wartung: was in der Praxis zählt</a>.</p>')]},
    {"path": "ueber-uns", "type": "plain", "title": "Über uns", "footer": True, "phase": "tofu", "seo_title": "Über uns: die Menschen hinter Fjordwerk", "description": "Fjordwerk kommt aus Hamburg: 22 Menschen aus Werkstatt und Softwareentwicklung, seit 2017 für planbare Instandhaltung.", "summary": "22 Menschen aus Werkstatt und Softwareentwicklung.", "body": [prose('<p>Fjordwerk ist 2017 in einer Hamburger Werkstatt entstanden, weil ein Prüfordner gefehlt hat. Heute arbeiten 320 Betriebe damit. Was uns leitet: Software muss dort funktionieren, wo gearbeitet wird. Sehen Sie sich <a href="/produkt/">das Produkt</a> an.</p>'), section("numbers", "Fjordwerk in Zahlen", items=[{"number": "320", "meaning": "Betriebe"}, {"number": "41.000", "meaning": "Anlagen"}, {"number": "22", "meaning": "Menschen"}])]},
    {"path": "faq", "type": "faq", "title": "Häufige Fragen", "footer": True, "phase": "mofu", "persona": "leitung", "seo_title": "Häufige Fragen zu Fjordwerk und zur Einführung", "description": "Einführung, Geräte, Datenschutz, Kündigung: die häufigsten Fragen zu Fjordwerk und die kurzen Antworten darauf.", "summary": "Kurze Antworten auf das, was vor dem Start gefragt wird.", "body": [questions("Vor dem Start", *FAQ_ITEMS), DEMO_CTA]},
    {"path": "webinar", "type": "webinar", "title": "Webinar: Vom Reparieren zum Planen", "phase": "mofu", "persona": "leitung", "topic": "wartungsplanung", "description": "Kostenloses Webinar: Drei Betriebe zeigen, wie sie ihren Wartungsplan aufgebaut haben. 45 Minuten live, Aufzeichnung inklusive.", "fields": {"minutes": 45, "speakers": "Ida Brandt und Jens Petersen"}, "body": _WEBINAR},
    {"path": "lp", "type": "index", "title": "Angebote", "noindex": True, "fields": {"feed": False}, "description": "Alle Angebote von Fjordwerk auf einen Blick: Whitepaper, Testzugang und weitere Unterlagen für Ihre Instandhaltung.", "summary": "Unterlagen und Testzugang.", "body": []},
    {"path": "lp/whitepaper", "type": "whitepaper", "title": "Whitepaper: Wartung planbar machen", "phase": "mofu", "persona": "leitung", "topic": "wartungsplanung", "seo_title": "Whitepaper: Wartung planbar machen", "description": "Kostenloses Whitepaper: auf sechs Seiten vom Reparieren zum Planen, mit drei Vorlagen, zwei Kennzahlen und einem 90-Tage-Ablauf.", "summary": "Auf sechs Seiten vom Reparieren zum Planen.", "fields": {"pages_count": 6}, "body": _WHITEPAPER},
    {"path": "lp/wartungsplaner", "type": "landing", "title": "Wartungsplaner kostenlos testen", "phase": "bofu", "persona": "leitung", "topic": "wartungsplanung", "countdown": True, "seo_title": "Wartungsplaner 14 Tage kostenlos testen", "description": "Testen Sie den Wartungsplaner 14 Tage kostenlos und ohne Zahlungsdaten. Der Test endet von selbst, Hilfe beim Start inklusive.", "fields": {"goal": "trial"}, "body": _PLANNER},
    {"path": "demo", "type": "landing", "title": "Demo vereinbaren", "phase": "bofu", "persona": "geschaeft", "seo_title": "Persönliche Demo der Wartungssoftware", "description": "Vereinbaren Sie eine persönliche Demo: 30 Minuten an einem Beispiel aus Ihrem Betrieb, unverbindlich und mit Zeit für Ihre Fragen.", "fields": {"goal": "demo"}, "body": _DEMO},
    {"path": "blog/ersatzteile-lager", "type": "article", "title": "Ersatzteile: was wirklich ins Lager gehört", "phase": "mofu", "persona": "leitung", "topic": "kosten", "author": "Ole Tamm", "draft": True, "summary": "", "body": [prose("<p>Entwurf. Gliederung: Ausfallkosten, Lieferzeit, Lagerkosten.</p>")]},
    {"path": "impressum", "type": "plain", "title": "Impressum", "footer": True, "noindex": True, "description": "Impressum der Fjordwerk Software GmbH mit Anschrift, Vertretung und Registereintrag nach § 5 DDG.", "body": [prose('<p>Fjordwerk Software GmbH<br/>Am Sandtorkai 99<br/>20457 Hamburg</p><p>Die Firma ist erfunden und gehört zur Demo von Trichter. <a href="/">Zur Startseite</a></p>')]},
    {"path": "datenschutz", "type": "plain", "title": "Datenschutz", "footer": True, "noindex": True, "description": "Datenschutzhinweise der Fjordwerk Software GmbH: welche Daten wir verarbeiten, wofür, wie lange und welche Rechte Sie haben.", "body": [prose('<p>Wir messen Besuche ohne Cookies und ohne Sie am nächsten Tag wiederzuerkennen. Mehr geschieht nur mit Ihrer Einwilligung, die Sie in den <a href="/consent/">Cookie-Einstellungen</a> jederzeit ändern können.</p><h2>Ihre Rechte</h2><p>Sie können Auskunft, Berichtigung, Löschung und die Herausgabe Ihrer Daten verlangen. Schreiben Sie an hallo@fjordwerk.example.</p>')]},
]  # fmt: skip
