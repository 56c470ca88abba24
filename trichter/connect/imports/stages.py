"""Names that other systems give to stages of the lifecycle, statuses of deals and of orders."""

from functools import lru_cache
from typing import Final, Literal

from trichter.core.consent.queries import purposes
from trichter.core.lifecycle.models import Stage
from trichter.kit.text import fold

DealStatus = Literal["open", "won", "lost"]
OrderStatus = Literal["placed", "paid", "refunded", "cancelled"]

_LIFECYCLE: Final = {
    "visitor": {"subscriber", "abonnent", "besucher", "visitor", "anonymous", "other", "sonstige"},
    "lead": {
        "lead",
        "new",
        "neu",
        "open",
        "offen",
        "open - not contacted",
        "contacted",
        "kontaktiert",
        "interessent",
    },
    "mql": {
        "mql",
        "marketing qualified lead",
        "marketingqualifiedlead",
        "marketing-qualified lead",
        "warm",
        "marketing qualified",
        "working - contacted",
    },
    "sql": {
        "sql",
        "sales qualified lead",
        "salesqualifiedlead",
        "sales-qualified lead",
        "opportunity",
        "qualified",
        "qualifiziert",
        "sales qualified",
        "verkaufschance",
        "closed - converted",
        "converted",
        "konvertiert",
    },
    "customer": {"customer", "kunde", "kundin", "client", "evangelist", "bestandskunde", "fuersprecher"},
}

_WON: Final = {
    "won",
    "gewonnen",
    "closed won",
    "closedwon",
    "abgeschlossen und gewonnen",
    "geschlossen gewonnen",
    "auftrag",
    "auftrag erhalten",
    "abgeschlossen - gewonnen",
    "abgeschlossen (gewonnen)",
    "geschlossen - gewonnen",
    "closed - won",
    "auftrag gewonnen",
    "deal gewonnen",
    "abschluss",
    "success",
    "erfolgreich",
}
_LOST: Final = {
    "lost",
    "verloren",
    "closed lost",
    "closedlost",
    "abgeschlossen und verloren",
    "geschlossen verloren",
    "abgeschlossen - verloren",
    "abgeschlossen (verloren)",
    "geschlossen - verloren",
    "closed - lost",
    "abgelehnt",
    "deal verloren",
    "absage",
    "closed lost to competition",
    "closed-lost to competition",
    "failed",
    "deleted",
}
_OPEN: Final = {"open", "offen", "in progress", "in bearbeitung", "laufend", "aktiv", "active", "new", "neu"}

_ORDER: Final[dict[OrderStatus, set[str]]] = {
    "paid": {
        "paid",
        "bezahlt",
        "complete",
        "completed",
        "abgeschlossen",
        "fulfilled",
        "versendet",
        "shipped",
        "erledigt",
        "partially_refunded",
        "teilweise erstattet",
        "processing",
        "in bearbeitung",
        "closed",
        "geliefert",
        "delivered",
        "versandt",
        "gezahlt",
    },
    "placed": {
        "placed",
        "open",
        "offen",
        "pending",
        "ausstehend",
        "on-hold",
        "on hold",
        "authorized",
        "autorisiert",
        "new",
        "neu",
        "unpaid",
        "unbezahlt",
        "partially_paid",
        "teilweise bezahlt",
        "pending payment",
        "zahlung ausstehend",
        "bestellt",
        "wartend",
        "in wartestellung",
    },
    "refunded": {"refunded", "erstattet", "rueckerstattet", "returned", "retoure", "gutgeschrieben"},
    "cancelled": {
        "cancelled",
        "canceled",
        "storniert",
        "voided",
        "failed",
        "fehlgeschlagen",
        "abgebrochen",
        "expired",
        "storno",
        "trash",
        "verfallen",
    },
}


@lru_cache(maxsize=1024)
def deal_status(text: str) -> DealStatus | None:
    """What a word says about the end of a deal; None when it says nothing, as most stages do."""
    word = fold(text).strip(" .")
    if word in _WON:
        return "won"
    if word in _LOST:
        return "lost"
    return "open" if word in _OPEN else None


@lru_cache(maxsize=1024)
def order_status(text: str) -> OrderStatus | None:
    """What a word says about an order; None when it is not known."""
    word = fold(text).strip(" .")
    for status, words in _ORDER.items():
        if word in words:
            return status
    return None


def lifecycle_words() -> dict[str, str]:
    """What other systems call the stages, folded, with our key; "" for those that a contact is in anyway."""
    found: dict[str, str] = {}
    for stage in Stage.objects.all():
        key = "" if stage.position <= 2 else stage.key
        for word in _LIFECYCLE.get(stage.key, ()):
            found.setdefault(word, key)
        for word in (stage.key, fold(stage.label), fold(stage.name)):
            found[word] = key
    return found


def consent_words() -> dict[str, str]:
    """Keys of the purposes in use, by key and by name, folded."""
    found: dict[str, str] = {}
    for one in purposes().filter(active=True):
        for word in (one.key, one.name_de, one.name_en):
            found.setdefault(fold(word), one.key)
    return found
