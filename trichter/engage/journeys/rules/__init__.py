"""What a journey is and where it leads. Pure: no database, the clock is passed in."""
