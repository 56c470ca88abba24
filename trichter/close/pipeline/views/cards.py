"""What the board shows of columns and cards."""

from datetime import date, datetime
from typing import Any

from trichter.core.shell import cells

from ..queries import BoardColumn, days_in_stage, is_overdue


def board_context(*, columns: list[BoardColumn], user: Any, today: date, now: datetime) -> dict[str, Any]:
    """Columns with sums in words, and the totals over all of them by currency."""
    whole: dict[str, list[int]] = {}
    for column in columns:
        for one in column.sums:
            both = whole.setdefault(one.currency, [0, 0])
            both[0] += one.total
            both[1] += one.weighted
    shown = []
    for index, column in enumerate(columns):
        shown.append(
            {
                "stage": column.stage,
                "count": column.count,
                "more": column.count - len(column.deals),
                "sums": [cells.money(one.total, one.currency, short=True) for one in column.sums],
                "previous": columns[index - 1].stage if index else None,
                "next": columns[index + 1].stage if index + 1 < len(columns) else None,
                "cards": [
                    {
                        "deal": deal,
                        "amount": cells.money(deal.amount, deal.currency, short=True),
                        "close": cells.day(deal.expected_close) if deal.expected_close else "",
                        "overdue": is_overdue(deal=deal, today=today),
                        "stuck": days_in_stage(deal=deal, now=now),
                    }
                    for deal in column.deals
                ],
            }
        )
    return {
        "columns": shown,
        "count": sum(column.count for column in columns),
        "sums": [
            {
                "total": cells.money(both[0], currency, short=True),
                "weighted": cells.money(both[1], currency, short=True),
            }
            for currency, both in sorted(whole.items())
        ],
        "may_move": user.has_perm("pipeline.change_deal"),
        "may_add": user.has_perm("pipeline.add_deal"),
    }
