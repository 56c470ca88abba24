"""Stage: people notice the company."""
