"""The company's pages with forms, downloads and calls to action."""
