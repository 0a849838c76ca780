"""Dashboards as code: what Superset shows, declared once, checked against the dbt models, packed for import.

``superset/*.yml`` and ``superset/dashboards/*.yml`` declare it (``source`` reads them, ``marts`` reads the dbt contracts):

- ``python -m bi.bundle OUT.zip``: what ``superset import-dashboards`` takes, for the published file of a home;
- ``python -m bi.lineage``: dashboard → chart → dataset → dbt model → column, and what does not hold;
- ``python -m bi.exposures``: the dashboards as dbt exposures;
- ``bi.security.roles()``: which rows a county, a city and the bureau may see, ``Role(name, clause, datasets)``;
- ``superset/palette.yml``: colours for ``EXTRA_CATEGORICAL_COLOR_SCHEMES``.

None of it needs Superset, a warehouse or a network. The pipeline never imports it.
"""
