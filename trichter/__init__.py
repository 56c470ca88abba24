"""Trichter: the whole sales funnel of a company, self-hosted."""

__version__ = "0.1.0"
