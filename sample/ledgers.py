"""The bureau's ledgers, planned: who receives what of which indicator document, and east-west collaboration.

Belongs here: exact amounts per document, indicator and county. Does not belong here: rows (registers/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sample.apportion import apportion_money
from sample.dates import Scene
from sample.spread import Spread

WAN = 10_000
EAST_WEST_TOPICS = {
    "挂职干部": ("ew_seconded_officials", None),
    "专业技术人员": ("ew_professionals", None),
    "市级及以下财政援助资金": ("ew_fiscal_aid_city_and_below", None),
    "劳务协作农村劳动力": ("ew_labour_transferred", "ew_labour_target"),
    "劳务协作脱贫人口": ("ew_lifted_people_transferred", "ew_lifted_people_target"),
    "消费帮扶": ("ew_consumption_assistance_sales", "ew_consumption_target"),
    "社会帮扶资金": ("ew_social_assistance_funds", "ew_social_funds_target"),
    "落地投产企业": ("ew_enterprises_landed", None),
    "企业实际投资": ("ew_enterprise_investment", None),
    "企业吸纳就业": ("ew_enterprise_jobs", None),
    "援建扶贫车间": ("ew_workshops_built", None),
    "车间吸纳就业": ("ew_workshop_jobs", None),
}
EAST_WEST_MONEY_STEP = {
    "市级及以下财政援助资金": 100,
    "消费帮扶": 100,
    "社会帮扶资金": 1000,
    "企业实际投资": WAN,
}
# (tier, fund, thousandths into the year, weight, kind of counties)
_DOCUMENTS = (
    ("中央", "巩固拓展脱贫攻坚成果和乡村振兴任务", 15, 300, "all"),
    ("中央", "巩固拓展脱贫攻坚成果和乡村振兴任务", 420, 240, "all"),
    ("中央", "以工代赈任务", 430, 40, "former_poverty"),
    ("中央", "少数民族发展任务", 450, 20, "few"),
    ("省级", "巩固拓展脱贫攻坚成果和乡村振兴任务", 120, 190, "all"),
    ("省级", "巩固拓展脱贫攻坚成果和乡村振兴任务", 640, 130, "all"),
    ("省级", "产业发展专项", 700, 80, "former_poverty"),
)
_PROVINCIAL_DOCUMENTS = (
    ("中央", "欠发达国有林场巩固提升任务", 440, 20),
    ("省级", "省级统筹易地搬迁后续扶持项目", 300, 45),
    ("省级", "省级防返贫保险和监测项目", 520, 35),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One indicator document as one unit receives it; ``amount`` in 元."""

    number: str
    tier: str
    fund: str
    issued_on: date
    amount: int
    to_county: bool = True


@dataclass(frozen=True, slots=True)
class EastWestShare:
    """One collaboration indicator of one receiving county; value and target in base unit (target may be None)."""

    code: str
    indicator: str
    value: int
    target: int | None


def county_documents(spread: Spread, total: int, scene: Scene) -> list[list[Document]]:
    """The counties' rows of every document, whole 万元 where the total is."""
    amounts = apportion_money(total, [weight for *_, weight, _ in _DOCUMENTS], WAN)
    held: list[list[Document]] = [[] for _ in spread.codes]
    for serial, ((tier, fund, when, _, kind), amount) in enumerate(zip(_DOCUMENTS, amounts, strict=True), 1):
        weights = _document_weights(spread, serial, kind)
        for index, share in enumerate(apportion_money(amount, weights, WAN)):
            if share:
                held[index].append(
                    Document(document_number(scene, serial), tier, fund, scene.at(when), share)
                )
    return held


def _document_weights(spread: Spread, serial: int, kind: str) -> list[int]:
    weights = spread.over(f"document/{serial}")
    chosen = list(weights)
    if kind == "former_poverty":
        chosen = [w if poor else 0 for w, poor in zip(weights, spread.former_poverty, strict=True)]
    elif kind == "few":
        rng = spread.scene.rng("few")
        chosen = [w if rng.random() < 0.3 else 0 for w in weights]
    return chosen if any(chosen) else weights


def provincial_documents(total: int, scene: Scene) -> tuple[Document, ...]:
    amounts = apportion_money(total, [weight for *_, weight in _PROVINCIAL_DOCUMENTS], WAN)
    return tuple(
        Document(document_number(scene, 51 + serial), tier, fund, scene.at(when), amount, to_county=False)
        for serial, ((tier, fund, when, _), amount) in enumerate(
            zip(_PROVINCIAL_DOCUMENTS, amounts, strict=True)
        )
        if amount
    )


def document_number(scene: Scene, serial: int, issuer: str = "样财办农") -> str:
    return f"{issuer}〔{scene.end.year}〕{serial}号"


def east_west(spread: Spread, goals: Mapping[str, int]) -> tuple[EastWestShare, ...]:
    """Every indicator over the former poverty counties (all counties where none is marked)."""
    receiving = [i for i, poor in enumerate(spread.former_poverty) if poor] or list(range(len(spread.codes)))
    shares = []
    for indicator, (topic, target_topic) in EAST_WEST_TOPICS.items():
        weights = spread.over(f"east_west/{indicator}")
        step = EAST_WEST_MONEY_STEP.get(indicator, 1)
        values = apportion_money(goals[topic], [weights[i] for i in receiving], step)
        targets: list[int | None] = [None] * len(receiving)
        if target_topic and goals[target_topic]:
            noise = spread.scene.rng("target", indicator)
            targets = list(
                apportion_money(goals[target_topic], [v * noise.randint(80, 125) + 1 for v in values], step)
            )
        for index, value, target in zip(receiving, values, targets, strict=True):
            shares.append(EastWestShare(spread.codes[index], indicator, value, target))
    return tuple(shares)
