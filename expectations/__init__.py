"""The business rules, one module per dataset: what the province's figures must satisfy.

Types, keys, allowed values and required cells are not here: the dataset cards and dbt's tests own them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from expectations.rule import Rule, RuleError

# One module per dataset card, and the rules that look across units, periods and datasets.
MODULES = (
    "bridging_funds",
    "east_west",
    "employment",
    "fund_spending",
    "hotline_12317",
    "industry_programmes",
    "microcredit",
    "monitored_households",
    "product_submissions",
    "projects",
    "recognised_products",
    "resettlement_sites",
    "resident_teams",
    "resident_training",
    "risk_screening",
    "stated_totals",
    "supervision",
    "cross_dataset",
)


@cache
def catalogue() -> dict[str, Rule]:
    """The rules in force by code, in the order of their modules: what every night and every check asks."""
    return {code: rule for code, rule in every_rule().items() if not rule.draft}


@cache
def drafts() -> dict[str, Rule]:
    """The rules that are not in force yet, by code: only a preview runs them."""
    return {code: rule for code, rule in every_rule().items() if rule.draft}


@cache
def every_rule() -> dict[str, Rule]:
    """Every rule, drafts included, by code. Raises RuleError when a code is given twice."""
    rules: dict[str, Rule] = {}
    for module in MODULES:
        for rule in import_module(f"expectations.{module}").RULES:
            if rule.code in rules:
                raise RuleError(f"{rule.code} is given twice, the second time in {module}")
            rules[rule.code] = rule
    return rules
