"""One door to the helpers for text: folding, addresses, names."""

from trichter.kit.addresses import (
    FREEMAIL,
    Normalised,
    domain_of,
    is_freemail,
    normalise_email,
    normalise_phone,
)
from trichter.kit.folding import clean, fold, slug
from trichter.kit.names import CompanyName, PersonName, normalise_company, parse_salutation, split_name

__all__ = [
    "FREEMAIL",
    "CompanyName",
    "Normalised",
    "PersonName",
    "clean",
    "domain_of",
    "fold",
    "is_freemail",
    "normalise_company",
    "normalise_email",
    "normalise_phone",
    "parse_salutation",
    "slug",
    "split_name",
]
