"""The reporting periods as Dagster's partitions: those on which anyone has reported, kept in the order of time.

Belongs here: Dagster's list of keys. Does not belong here: which periods there are (``pending.base_periods``).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from orchestration.dagster_common import PERIODS


def keep_periods(instance: dg.DagsterInstance, reported: Sequence[str]) -> None:
    """Makes Dagster's keys these, in this order.

    A run covers a range of keys, and Dagster orders keys as they were added. So a period that nobody had reported on, older
    than others that are there, takes its place by adding the later ones again: what was materialized of them stays.
    """
    known = instance.get_dynamic_partitions(PERIODS.name)
    same = next((n for n, (old, new) in enumerate(zip(known, reported, strict=False)) if old != new), None)
    kept = min(len(known), len(reported)) if same is None else same
    for key in known[kept:]:
        instance.delete_dynamic_partition(PERIODS.name, key)
    if added := list(reported[kept:]):
        instance.add_dynamic_partitions(PERIODS.name, added)
