"""The collector's settings, and those of heatmaps and recordings beside them."""

from trichter.attract.tracking.collector.house import House

from ..queries import current_rules
from ..rules import ReplayRules


class ReplayHouse(House):
    """Renewed by the same thread, every few seconds."""

    replay = ReplayRules()

    def _read_all(self) -> None:
        self.replay = current_rules()
        super()._read_all()
