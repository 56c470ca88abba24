"""What comes back: the bounce mailbox and the calls of sending services."""
