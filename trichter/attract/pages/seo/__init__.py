"""For search engines: data in the head, sitemap and robots, and the check of a page when it is saved."""
