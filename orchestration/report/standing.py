"""Which verdicts of the published file stand, as ``audit.decisions`` says: of each rule the last one on each dataset of a
submission, or of the province; one of a rule or version that was withdrawn does not count any more.

Belongs here: that one question. Does not belong here: which submissions are asked about, and what is counted of them.
"""

from __future__ import annotations

# ``quality.verdicts`` with the rule's title and engine. A condition on period, submission or dataset may be put around it.
STANDING = """
    select v.*, r.title_zh, r.engine
    from quality.verdicts as v
    join (
        select rule_code, max(rule_version) as rule_version, max_by(title_zh, rule_version) as title_zh,
               max_by(engine, rule_version) as engine
        from quality.rules where in_force_until is null group by rule_code
    ) as r on r.rule_code = v.rule_code and v.rule_version <= r.rule_version
    qualify row_number() over (
        partition by v.reporting_period, v.submission_id, v.dataset, v.rule_code
        order by v.rule_version desc, v.judged_at desc nulls last, v.verdict_id
    ) = 1"""
