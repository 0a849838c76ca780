"""Registers, one module per topic. ``grow`` makes a unit's register with the life of every row up to the last
period's end; ``as_of`` is that register as it stood at an earlier day: what had not happened yet is not in it.
Hence a household, loan or project keeps its number from month to month, and year-to-date figures only grow.
Rows are dicts of card column names to values in base units (元, fractions of 1), before any spreadsheet mess.
"""
