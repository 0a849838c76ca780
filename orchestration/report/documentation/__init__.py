"""The documentation that is published with the warehouse: what each table says (dbt's docs) and how each rule stands (Great
Expectations' Data Docs), as pages that need no server and no network.

Belongs here: these pages and when they are written. Does not belong here: descriptions (``dbt_project``), rules
(``expectations``), and the bureau's figures (``site``).
"""
