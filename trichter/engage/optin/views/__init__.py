"""What visitors reach, and the settings."""
