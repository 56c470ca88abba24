"""The blocks that pages are made of. `registry.body()` is the list; one file per kind of block."""
