"""The public site: page types, blocks, feeds, search engine basics, and the list of all content.

Records no events (the tracker on the pages does), follows none.
"""
