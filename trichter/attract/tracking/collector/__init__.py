"""The raw ASGI application before Django: takes events, answers when they are on the disk."""
