"""The demo company: a seeded simulator with known truth."""
