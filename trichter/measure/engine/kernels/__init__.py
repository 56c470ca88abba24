"""Numba kernels: plain arrays in, plain arrays out, no Python objects, no lock on the interpreter."""
