"""The stack every stage stands on."""
