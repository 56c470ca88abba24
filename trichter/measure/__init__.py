"""Stage: questions to the journal, and answers with their definition."""
