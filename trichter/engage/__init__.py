"""Keeping in touch: journeys and what else warms people up."""
