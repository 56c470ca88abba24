"""Public: pages, files, sitemap. In the back office: the list of content, gaps, new landing pages."""
