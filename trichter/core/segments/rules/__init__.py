"""What a segment's rule is, how it is read, and whether one person fulfils it. Pure."""
