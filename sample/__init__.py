"""The example province: workbooks as counties and the bureau really send them, adding up to given targets.

A package of its own: the pipeline never imports it. It reads the same dataset cards, units, periods and
indicator dictionary as the pipeline (one direction), so that a new card column shows up here as an error.
"""
