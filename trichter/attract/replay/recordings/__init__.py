"""Writing, finding and deleting recordings of visits."""
