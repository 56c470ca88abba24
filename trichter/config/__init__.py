"""Settings, addresses and commands: the only room that may import all others."""
