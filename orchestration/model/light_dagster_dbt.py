"""dagster-dbt without dbt-core: a code location that only says what dbt's models are need not load dbt, which takes two seconds.

dagster-dbt takes what it uses of dbt-core from ``dagster_dbt.compat``, and has stand-ins for where dbt-core is not installed; for
a manifest taken whole they do the same. dbt is run by ``dbt``, in its own time. Belongs here: that import. Does not belong here:
anything else of dbt or Dagster.
"""

import sys

_DBT = "dbt.version"

if _DBT in sys.modules:  # it is loaded already: nothing to be spared
    import dagster_dbt
else:
    sys.modules[_DBT] = None  # type: ignore[assignment]  # to Python: not installed
    try:
        import dagster_dbt
    finally:
        del sys.modules[_DBT]


DagsterDbtTranslator = dagster_dbt.DagsterDbtTranslator
DagsterDbtTranslatorSettings = dagster_dbt.DagsterDbtTranslatorSettings
dbt_assets = dagster_dbt.dbt_assets
get_asset_check_key_for_test = dagster_dbt.asset_utils.get_asset_check_key_for_test

__all__ = [
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "dbt_assets",
    "get_asset_check_key_for_test",
]
