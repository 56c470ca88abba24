"""What happens to an event on its way in: a named list of steps, no database, the clock passed in."""
