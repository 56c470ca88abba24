"""Rows into records and events: looked up together, decided in memory, written together, by the batch."""
