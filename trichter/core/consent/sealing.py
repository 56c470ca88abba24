"""Which fields of a record its seal covers."""

from typing import Any

from .chain import moment, text_digest
from .models import ConsentRecord


def sealed_fields(row: ConsentRecord) -> dict[str, Any]:
    """Everything but the hashes; the wording by all that was shown, so that an edited text is found."""
    wording = row.wording
    return {
        "number": row.number,
        "purpose": row.purpose.key if row.purpose else "",
        "channel": row.channel,
        "decision": row.decision,
        "wording": f"{wording.language} v{wording.version} {text_digest(wording.shown)}" if wording else "",
        "at": moment(row.at),
        "recorded_at": moment(row.recorded_at),
        "expires_at": moment(row.expires_at),
        "how": row.how,
        "covers": row.covers,
        "digests": row.digests,
    }
