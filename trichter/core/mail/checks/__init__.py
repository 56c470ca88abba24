"""Looking up what the name service says about our domain; the verdicts are in rules/preflight.py."""
