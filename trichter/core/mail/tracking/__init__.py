"""Opens and clicks: what a mail carries for them, what is recorded, and who was a machine."""
