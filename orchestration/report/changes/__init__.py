"""Why a publication says something else than the one before: figures, submissions, rules, models, code and rulings.

Belongs here: finding and saying it, for ``zhenxing why`` and for Dagster alike. Does not belong here: notices (``restated``).
"""
