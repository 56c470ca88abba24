"""Columns of occurrences by hand, as the mirror builds them from the journal."""

import json

import numpy as np

from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NO_SESSION, TYPES, Columns, Rows, sorted_columns
from trichter.measure.funnels.occurrences import micros


def columns_of(crowd, book: Codebook) -> Columns:
    """`crowd` maps an actor to its occurrences."""
    lines = []
    for actor, occurrences in crowd.items():
        for one in occurrences:
            kind = book.kinds.code(one.kind)
            facts = json.dumps(dict(one.data))
            lines.append((
                actor, micros(one.at), one.event_id, one.position, kind, 1,
                NO_SESSION if one.session is None else one.session,
                book.touch.code((one.source, one.medium, one.campaign, one.content, one.term)),
                book.page.code(one.page), book.place.code((one.country, one.device)),
                book.worth.code((one.value, one.currency)), book.facts.code((kind, facts)),
            ))  # fmt: skip
    arrays = zip(*lines, strict=True) if lines else [[] for _ in TYPES]
    return sorted_columns(
        Rows(*(np.array(list(array), kind) for array, kind in zip(arrays, TYPES.values(), strict=True)))
    )
