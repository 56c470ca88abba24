"""From the inbox into the journal: once each, in order, in visits."""
