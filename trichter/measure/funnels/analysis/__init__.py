"""Reading outcomes: counts, leaks, bands, times, weeks, segments, money, and the actors behind each number.

Pure functions over `Outcome`s. Every count is the length of a list one can open; nothing is counted twice.
"""
