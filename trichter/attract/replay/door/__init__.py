"""What stands before Django: scripts for the pages, counts for heatmaps, parts of recordings."""
