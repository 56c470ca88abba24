from pathlib import Path

from trichter.core.events import registry
from trichter.core.events.catalogue import render

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "events.md"


def test_the_catalogue_in_the_documentation_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), (
        "renew it with: python -m trichter.core.events.catalogue > docs/events.md"
    )


def test_every_kind_says_when_it_is_recorded_and_names_personal_fields_that_exist() -> None:
    text = render()
    for name, kind in registry.items():
        assert f"### {name}\n" in text
        assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")
        assert set(kind.personal) <= set(kind.__dataclass_fields__)
