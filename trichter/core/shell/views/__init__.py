"""The shell's views: the generic ones of a resource, and the shell's own screens."""
