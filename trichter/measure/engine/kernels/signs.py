"""Numbers with a meaning; apart from the kernels, so that who only compares need not load the compiler."""

ORDERED, STRICT, ANY = 0, 1, 2
NO_LIMIT = -1
NEVER = 2**62
END = -1  # nothing more on this path
NO_TOUCH = -1
