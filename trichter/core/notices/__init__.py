"""Notices: what a colleague should hear of, under the bell of every page.

Records nothing and follows nothing: features call `notify`.
"""
