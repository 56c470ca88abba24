"""What marketing did in the story's last weeks; `making.py` is where it begins."""
