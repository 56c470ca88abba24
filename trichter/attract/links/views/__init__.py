"""What visitors reach, and the back office."""
