"""The reference pages of the docs, written from the cards, the dictionary and the catalogue of rules, and with them the
semantic layer: ``make docs``.

Belongs here: turning what is declared into pages for people. Does not belong here: any fact of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations import every_rule
from expectations.rule import MISSING, Rule
from orchestration.audit.structure import STRUCTURE, StructureRule
from orchestration.cards import Card, Column, load_cards
from orchestration.home import PROJECT_ROOT
from orchestration.indicators import Indicator, Section, Version, load_indicators, load_sections
from orchestration.model import semantic
from orchestration.warning_rules import IncomeLine, WarningRule, income_lines, load_warnings
from orchestration.words import INDICATOR_KIND

DATASETS = PROJECT_ROOT / "docs" / "datasets.md"
INDICATORS = PROJECT_ROOT / "docs" / "indicators.md"
RULES = PROJECT_ROOT / "docs" / "rules.md"
WARNINGS = PROJECT_ROOT / "docs" / "warnings.md"
_WRITTEN = "<!-- Written by `make docs`; change the {} instead. -->"
_STYLES = {"hanzi": "汉字", "magnitude": "量级", "over_ten": "几十多"}
_LIMITS = {"percent": "%", "households": "户", "people": "人", "days": "天", "months": "个月"}
_SUBMITTERS = {"county": "county 县(区)", "province": "bureau 省局", "all": "every unit 各报送单位"}


def datasets_page(cards: Iterable[Card]) -> str:
    """Every dataset with its sheet, submitter, key, fact and columns, as Markdown."""
    blocks = [
        "# Datasets 数据集",
        _WRITTEN.format("cards in dbt_project/models/datasets"),
        "One card per dataset: a sheet of the workbook, a folder of the lake, a fact of the warehouse. Values are"
        " landed in base units (元, 人, a ratio as a fraction of 1), whatever unit the header prints.",
    ]
    for card in cards:
        blocks += [
            f"## {card.dataset} {card.sheet}",
            card.description,
            f"Submitted by: {_SUBMITTERS[card.submitted_by]} ({', '.join(card.cadences)})."
            f" Key: {', '.join(card.key)}. Fact: `{card.fact}`.",
            _table(("column", "header", "type", "required", "meaning"), map(_column_row, card.columns)),
        ]
    return _page(blocks)


def indicators_page(indicators: Iterable[Indicator], sections: Iterable[Section]) -> str:
    """Every indicator by section, a line for each definition it has had, as Markdown."""
    indicators = list(indicators)
    labels = {indicator.key: indicator.label for indicator in indicators}
    blocks = [
        "# Indicators 指标字典",
        _WRITTEN.format("dictionary in dbt_project/models/marts/dim_indicator.yml"),
        "Each figure once. 性质 says how it rolls up from months to a quarter, half-year or year: 时点, 当年累计 and"
        " 年度目标 stand as in the last month that counts, 本期发生 adds up, a 比率 is divided afterwards"
        " ([decision 9](decisions/0009-roll-ups-and-printed-parts.md)). 别名 are its names in articles; words in brackets"
        " must have been said before. ★: printed in the monthly bulletin. The SQL is in `marts.dim_indicator`.",
        _asked_as_metrics(indicators),
    ]
    header = ("key", "名称", "别名", "性质", "单位", "印刷", "算法", "目标", "来源", "有效")
    for section in sections:
        rows = [
            _indicator_row(indicator, version, labels)
            for indicator in indicators
            if indicator.section == section.key
            for version in indicator.versions
        ]
        blocks += [f"## {section.title} {section.key}", f"负责:{section.owner}。", _table(header, rows)]
    return _page(blocks)


def _asked_as_metrics(indicators: Iterable[Indicator]) -> str:
    """Which indicators ``mf`` can be asked for, and why not the others."""
    lacking = {indicator.key: words for indicator in indicators if (words := semantic.why_not(indicator))}
    others = "".join(f"; not `{key}` ({words})" for key, words in lacking.items())
    weekly = [
        f"`{names['week']}`"
        for indicator in indicators
        if "week" in (names := semantic.metric_names(indicator))
    ]
    return (
        f"{'Each' if not lacking else 'An'} indicator is a metric of its key, which `mf` slices any way"
        f" ([metrics](metrics.md)){others}. Those of weeks are {', '.join(weekly)}."
    )


def _indicator_row(indicator: Indicator, version: Version, labels: dict[str, str]) -> tuple[str, ...]:
    context = f"({'、'.join(indicator.context)})" if indicator.context else ""
    return (
        f"`{indicator.key}`",
        indicator.label + ("★" if indicator.in_bulletin else ""),
        "、".join(indicator.aliases) + context,
        INDICATOR_KIND[indicator.kind],
        "" if indicator.unit == "1" else indicator.unit,
        _print(indicator),
        version.formula + (f"。{version.definition}" if version.definition else ""),
        labels[indicator.target] if indicator.target else "",
        "、".join(f"`{fact}`" for fact in _facts(indicator)),
        _validity(version),
    )


def _print(indicator: Indicator) -> str:
    """``万户,2位``: scale and measure word, and its decimals."""
    style = _STYLES.get(indicator.style)
    words = f"{indicator.scale}{indicator.measure_word}"
    return f"{words},{style}" if style else f"{words},{indicator.decimals}位"


def _facts(indicator: Indicator) -> Iterable[str]:
    parts = [load_indicators()[key] for key in indicator.of] if indicator.of else [indicator]
    return dict.fromkeys(load_cards()[part.dataset].fact for part in parts if part.dataset)


def _validity(version: Version) -> str:
    ends = [
        f"{version.valid_from}起" if version.valid_from else "",
        f"至{version.valid_until}" if version.valid_until else "",
    ]
    return "".join(ends) or "一直"


def rules_page(rules: Iterable[Rule], structure: Iterable[StructureRule]) -> str:
    """Every rule with its code, severity, words, remedy and source, as Markdown, in code order; drafts apart."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    strategies = "; ".join(f"`{name}` {words}" for name, words in MISSING.items())
    return _page(
        [
            "# Rules 校验规则",
            _WRITTEN.format("rules in expectations/ and orchestration/audit/structure.py"),
            "An *error* holds back its submission's dataset (a bureau-scope error: the publication); a *warning* is"
            " published with a flag; a *notice* is only said. A *file* rule looks at one workbook, a *bureau* rule"
            " across units and periods. *blank* 缺项处理 is what the rule makes of an empty cell among those it looks"
            f" at, a bureau rule of an absent side of its comparison: {strategies}. An empty cell that must be filled is S-REQUIRED's, and other rules skip its row.",
            "A rule without a source says so (unsourced). Every version of a rule that was ever in force is in"
            " `quality.rules`, with its dates.",
            "## Rules on figures 业务规则",
            _rule_table(rule for rule in ordered if not rule.draft),
            "## Rules on form 结构规则",
            "They follow from the cards and are judged as a workbook is read.",
            _table(("rule", "severity", "规则", "整改办法"), map(_structure_row, structure)),
            "## Drafts 未生效规则",
            "Not in force: no night runs them. `zhenxing rules preview RULE` says whom one would have hit.",
            _rule_table(rule for rule in ordered if rule.draft),
        ]
    )


def _rule_table(rules: Iterable[Rule]) -> str:
    header = ("rule", "severity", "scope", "dataset", "规则", "整改办法", "blank", "source 依据")
    return _table(header, map(_rule_row, rules))


def _rule_row(rule: Rule) -> tuple[str, ...]:
    return (
        f"{rule.code} v{rule.version}",
        rule.severity,
        rule.scope,
        rule.dataset,
        rule.title_zh,
        rule.remedy_zh,
        rule.missing,
        rule.source,
    )


def _structure_row(rule: StructureRule) -> tuple[str, ...]:
    return (f"{rule.code} v{rule.version}", rule.severity, rule.title_zh, rule.remedy_zh)


def warnings_page(warnings: Iterable[WarningRule], lines: Iterable[IncomeLine]) -> str:
    """Every early warning with its level, limits, source and deadline, as Markdown."""
    header = ("code", "预警", "级别", "对象", "界限", "核查要点", "期限", "依据", "与校验规则的不同")
    return _page(
        [
            "# Early warnings 防返贫预警",
            _WRITTEN.format("declaration in dbt_project/models/marts/rpt_warnings.yml"),
            "A rule on data asks whether a register can be right; a warning takes it as right and asks after the"
            " household. `marts.rpt_warnings` has every warning of every month and week; `zhenxing warnings --period"
            " 2021-08` counts them, with `--unit` it lists a county's.",
            "**The list.** After each publication a county with warnings finds `预警.xlsx` in its receipt folder: households"
            " village by village, then townships and the county, then counts by township. Names are masked"
            " ([decision 4](decisions/0004-personal-data-pseudonyms.md)); the last two columns are for what was found on"
            " the visit. It is a working paper of the county and not for publicity (R-MON-4).",
            "**The deadline** counts from the last day of the period in which the sign was first seen, whenever the workbook"
            " came: sending late gains no time. A warning that stands in the unit's next report keeps its first day; one that was gone"
            " and comes back begins anew. A household with several signs in a period is raised by one level.",
            "**Sources.** 无出处 means that the limit is the project's own, for want of a rule; it is declared here and"
            " fitted to no data.",
            _table(header, map(_warning_row, warnings)),
            "## Income lines 收入标准",
            "Set by the province each year. A province and year not listed is judged by the line in the household's row.",
            _table(
                ("province", "year", "元/人", "依据"),
                ((line.province, str(line.year), str(line.amount), line.source) for line in lines),
            ),
        ]
    )


def _warning_row(rule: WarningRule) -> tuple[str, ...]:
    subject = {"household": "户", "township": "乡镇", "county": "县"}[rule.subject]
    limits = "、".join(f"{value}{_LIMITS[name]}" for name, value in rule.parameters.items())
    source = "无出处" if rule.strength == "unsourced" else rule.source
    days = f"{rule.days}天({rule.days_source})"
    return (rule.code, rule.title, rule.level, subject, limits, rule.ask, days, source, rule.differs or "")


def write_pages() -> None:
    DATASETS.write_text(datasets_page(load_cards().values()), encoding="utf-8")
    page = indicators_page(load_indicators().values(), load_sections().values())
    INDICATORS.write_text(page, encoding="utf-8")
    RULES.write_text(rules_page(every_rule().values(), STRUCTURE.values()), encoding="utf-8")
    WARNINGS.write_text(warnings_page(load_warnings().values(), income_lines()), encoding="utf-8")
    semantic.write_files()


def _column_row(column: Column) -> tuple[str, ...]:
    header = column.header_text if column.header else f"(from {column.derived_from})"
    kind = {None: column.data_type, "id_number": "pseudonym"}.get(column.personal, "not stored")
    kind = "masked" if column.masked else kind
    required = "yes" if column.required else ""
    months = [
        f"{word} {month}" for word, month in (("since", column.since), ("until", column.until)) if month
    ]
    return (column.name, header, kind, " ".join(filter(None, (required, *months))), column.description)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (header, *rows)]
    return "\n".join([lines[0], "|" + " --- |" * len(header), *lines[1:]])


def _page(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    write_pages()
