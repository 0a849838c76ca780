"""Holds what lies in a home against what was said of it when it was written: damage is found, named and mended.

Belongs here: bytes that changed by themselves. Does not belong here: whether figures are right (audit), and writing what is
vouched for (``lake``, ``sums``, ``publish.manifest``).
"""
