"""How the article's figures hang together: parts and wholes, sums, rates, and what one thing can hold of another.

Belongs here: the relations. Does not belong here: filling or checking figures by them (filling.py, goals.py).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

LOAN_CAP = 50_000
LARGEST_HOUSEHOLD = 10
SMALLEST_VALUE = 1000
# The precision of a rate nobody gave: it bounds nothing.
UNKNOWN = Decimal(1)

# (part, whole): the part can never exceed the whole.
WITHIN = (
    ("hotline_12317_policy_consultations", "hotline_12317_calls_received"),
    ("first_secretaries", "resident_work_teams"),
    ("first_secretaries", "resident_workers"),
    ("resident_work_teams", "resident_workers"),
    ("recognised_products_submitted", "recognised_products_total"),
    ("recognised_product_suppliers_submitted", "recognised_product_suppliers_total"),
    ("recognised_product_suppliers_submitted", "recognised_products_submitted"),
    ("recognised_product_suppliers_total", "recognised_products_total"),
    ("bridging_funds_allotted_to_counties", "bridging_funds_central_provincial"),
    ("projects_arranged", "project_pool_projects"),
    ("projects_started", "projects_arranged"),
    ("supervision_cities_visited", "supervision_counties_visited"),
)
CATEGORIES = ("unstable", "marginal", "sudden")
SUMS = tuple(
    (f"monitored_{what}_total", tuple(f"monitored_{what}_{category}" for category in CATEGORIES))
    for what in ("households", "people")
)
# completion rate → (value, derived yearly target)
COMPLETIONS = {
    "ew_labour_target_completion": ("ew_labour_transferred", "ew_labour_target"),
    "ew_lifted_people_target_completion": ("ew_lifted_people_transferred", "ew_lifted_people_target"),
    "ew_consumption_target_completion": ("ew_consumption_assistance_sales", "ew_consumption_target"),
    "ew_social_funds_target_completion": ("ew_social_assistance_funds", "ew_social_funds_target"),
}
START_RATE = "project_start_rate"
RATES = (START_RATE, *COMPLETIONS)

# (figure, per, least, most): of every one of ``per`` the figure counts from least to most; None: no end.
LIMITS: tuple[tuple[str, str, int, int | None], ...] = (
    *(
        (f"monitored_people_{category}", f"monitored_households_{category}", 1, LARGEST_HOUSEHOLD)
        for category in CATEGORIES
    ),
    ("microcredit_amount", "microcredit_households", 1, LOAN_CAP),
    ("project_pool_funds", "project_pool_projects", SMALLEST_VALUE, None),
    ("recognised_products_output_value", "recognised_products_total", SMALLEST_VALUE, None),
    ("recognised_products_submitted", "recognised_product_suppliers_submitted", 1, None),
    ("recognised_products_total", "recognised_product_suppliers_total", 1, None),
    ("resident_workers_trained", "resident_workers", 0, None),
)


def rounded(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_HALF_UP)
