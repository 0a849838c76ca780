"""What the bulletin says: its sections and sentences, in the order and manner of the bureau's own article.

Belongs here: the Chinese text around the figures, and leaving out what a unit has no figure for. A sentence
claims nothing that no figure shows: praise, place names and "fully achieved" are the writer's to add. Does
not belong here: reading figures (``figures``) and file formats (``bulletin``, ``docx``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter

from orchestration.periods import Period
from orchestration.report.figures import Figure, say_day, say_period, say_span, say_until
from orchestration.units import Unit

ASSISTING_PROVINCES = {"61": "江苏省"}  # east-west collaboration pairs, as the State Council set them
ANNEX_HEADER = ("序号", "指标", "印发数", "统计值", "单位", "统计截止", "指标键")


@dataclass(frozen=True, slots=True)
class Either:
    """The first of several wordings whose figures are all there."""

    wordings: tuple[str, ...]

    def __init__(self, *wordings: str):
        object.__setattr__(self, "wordings", wordings)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Parts joined into one sentence (or, nested, a clause); a part without its figures falls away.

    ``lead`` is said before the first part. ``{until}`` (截至8月底) and ``{span}`` (今年1月至7月) in it date the
    sentence by the latest figure said; a part that covers less then says its own date. ``kinds`` limits the
    sentence to units of these kinds. In a ``headed`` one the other parts speak of what the first part named, so
    that without the first nothing is said.
    """

    parts: tuple[str | Either | Sentence, ...]
    lead: str = ""
    joint: str = "，"
    kinds: tuple[str, ...] = ("province", "city", "county")
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin in words, before any file format. ``sections`` are (heading, text); ``annex`` has one row
    per figure under ``ANNEX_HEADER``."""

    title: str
    dateline: str
    opening: str
    sections: tuple[tuple[str, str], ...]
    annex: tuple[tuple[str, ...], ...]
    closing: str
    issuer: str


def _category(name: str, key: str) -> Either:
    households, people = f"{{monitored_households_{key}}}", f"{{monitored_people_{key}}}"
    return Either(f"{name}{households}、{people}", f"{name}{households}")


SECTIONS = (
    Section(
        "强化动态监测帮扶，坚决守住不发生规模性返贫底线",
        (
            Sentence(
                (
                    "先后赴{supervision_cities_visited}市{supervision_counties_visited}县（区）开展深度调研",
                    Either(
                        "形成省级调研报告{supervision_reports_provincial}、"
                        "县级调研报告{supervision_reports_county}",
                        "形成省级调研报告{supervision_reports_provincial}",
                        "形成县级调研报告{supervision_reports_county}",
                    ),
                    "推荐典型案例{model_cases_recommended}",
                ),
                lead="开展专项督导调研，",
                kinds=("province",),
            ),
            Sentence(
                (
                    "形成县级调研报告{supervision_reports_county}",
                    "推荐典型案例{model_cases_recommended}",
                ),
                lead="省级督导组到{our}开展深度调研，",
                kinds=("city", "county"),
            ),
            Sentence(
                (
                    Either(
                        "{all}目前监测对象总规模为{monitored_households_total}、{monitored_people_total}",
                        "{all}目前监测对象总规模为{monitored_households_total}",
                    ),
                    Sentence(
                        (
                            _category("脱贫不稳定户", "unstable"),
                            _category("边缘易致贫户", "marginal"),
                            _category("突发严重困难户", "sudden"),
                        ),
                        lead="其中，",
                    ),
                )
            ),
            Sentence(
                (
                    "“12317”监督举报平台受理群众来电{hotline_12317_calls_received}",
                    "其中受理政策咨询{hotline_12317_policy_consultations}",
                ),
                lead="{until}，",
                headed=True,
            ),
        ),
    ),
    Section(
        "选优配强驻村力量，扎实开展驻村帮扶",
        (
            Sentence(
                (
                    "{all}组成{resident_work_teams}工作队",
                    Either(
                        "选派驻村工作人员{resident_workers}（第一书记{first_secretaries}）",
                        "选派驻村工作人员{resident_workers}",
                    ),
                )
            ),
            Sentence(("{all}累计培训驻村人员{resident_workers_trained}",), lead="{until}，"),
        ),
    ),
    Section(
        "强化易地搬迁后续帮扶，全面加强稳岗就业",
        (Sentence(("目前{all}脱贫劳动力就业{employment_lifted_labour}",)),),
    ),
    Section(
        "壮大特色产业，持续增加脱贫群众收入",
        (
            Sentence(
                (
                    "推进{industry_output_target_items}产值{industry_output_target_level}目标",
                    "推进{special_product_areas}中国特色农产品优势区建设",
                    "培育{special_industries_cultivated}农业优势特色产业",
                )
            ),
            Sentence(
                (
                    "推荐{coop_pilot_counties_recommended}县（区）申报{year}"
                    "全国农民合作社质量提升整县推进试点",
                    "支持组建{industrialised_consortia}省级农业产业化示范联合体",
                ),
                kinds=("province", "city"),
            ),
            Sentence(
                ("支持组建{industrialised_consortia}省级农业产业化示范联合体",),
                kinds=("county",),
            ),
            Sentence(
                (
                    "制定{quality_control_standards}质量控制技术规范",
                    "建成{standardised_demo_bases}绿色农产品标准化集成示范基地",
                    "支持{product_pavilions}扶贫专馆建设",
                )
            ),
            Sentence(
                (
                    "向国家乡村振兴局报送扶贫产品{recognised_products_submitted}",
                    "涉及供应商{recognised_product_suppliers_submitted}",
                ),
                lead="今年以来，",
                headed=True,
            ),
            Sentence(
                (
                    "{all}现有扶贫产品{recognised_products_total}",
                    "涉及供应商{recognised_product_suppliers_total}",
                    "产值{recognised_products_output_value}",
                ),
                headed=True,
            ),
        ),
    ),
    Section(
        "加大项目资金投入，集中帮助群众解决发展资金问题",
        (
            Sentence(
                (
                    "安排拨付中央和省级衔接资金{bridging_funds_central_provincial}",
                    "其中切块到县{bridging_funds_allotted_to_counties}",
                ),
                headed=True,
            ),
            Sentence(
                (
                    "安排项目{projects_arranged}",
                    "已开工{projects_started}",
                    "开工率{project_start_rate}",
                ),
                headed=True,
            ),
            Sentence(
                ("{year}已入库项目{project_pool_projects}、资金总量{project_pool_funds}",),
                lead="编制完善项目库，",
            ),
        ),
    ),
    Section(
        "落实扶贫小额信贷，支持脱贫群众发展生产",
        (
            Sentence(
                ("{all}扶贫小额信贷当年累计投放{microcredit_amount}、{microcredit_households}",),
            ),
        ),
    ),
    Section(
        "加强东西部交流合作，不断增强脱贫地区发展活力",
        (
            Sentence(
                (
                    Either(
                        "已向{our}选派{ew_seconded_officials}挂职干部、{ew_professionals}专业技术人员",
                        "已向{our}选派{ew_seconded_officials}挂职干部",
                        "已向{our}选派{ew_professionals}专业技术人员",
                    ),
                    "拨付市级及以下财政性援助资金{ew_fiscal_aid_city_and_below}",
                    Either(
                        "帮助{ew_labour_transferred}农村劳动力、{ew_lifted_people_transferred}脱贫人口"
                        "实现劳务协作转移就业，"
                        "完成目标数{ew_labour_target_completion}、{ew_lifted_people_target_completion}",
                        "帮助{ew_labour_transferred}农村劳动力、{ew_lifted_people_transferred}脱贫人口"
                        "实现劳务协作转移就业",
                        "帮助{ew_labour_transferred}农村劳动力实现劳务协作转移就业",
                        "帮助{ew_lifted_people_transferred}脱贫人口实现劳务协作转移就业",
                    ),
                    Either(
                        "采购、销售消费帮扶产品{ew_consumption_assistance_sales}，"
                        "完成目标数{ew_consumption_target_completion}",
                        "采购、销售消费帮扶产品{ew_consumption_assistance_sales}",
                    ),
                    Either(
                        "援助结对地区社会帮扶资金{ew_social_assistance_funds}，"
                        "完成目标数{ew_social_funds_target_completion}",
                        "援助结对地区社会帮扶资金{ew_social_assistance_funds}",
                    ),
                    Sentence(
                        (
                            "新增落地投产企业{ew_enterprises_landed}",
                            "实际投资{ew_enterprise_investment}",
                            "吸纳{ew_enterprise_jobs}农村劳动力就业",
                        ),
                        headed=True,
                    ),
                    Sentence(
                        (
                            "援建扶贫车间{ew_workshops_built}",
                            "吸纳{ew_workshop_jobs}农村劳动力就业",
                        ),
                        headed=True,
                    ),
                ),
                lead="{span}，{partner}",
                joint="；",
            ),
        ),
    ),
)


def compose(found: list[Figure], unit: Unit, period: Period, province: Unit) -> Bulletin:
    """The province's bureau on a unit (or on itself) in a period, from its figures. A figure of nought is in the annex, not the text."""
    said = {figure.key: figure for figure in found if figure.value}
    paragraphs = [(section.heading, _paragraph(section, said, unit, period)) for section in SECTIONS]
    numbered = [(heading, text) for heading, text in paragraphs if text]
    until = max((figure.as_of for figure in found if figure.as_of), default=period.end)
    return Bulletin(
        title=f"{unit.name}巩固拓展脱贫攻坚成果同乡村振兴有效衔接工作情况通报",
        dateline=f"（{say_period(period)}）",
        opening=f"现将{say_period(period)}巩固拓展脱贫攻坚成果同乡村振兴有效衔接有关工作情况通报如下。",
        sections=tuple(
            (f"{_ordinal(n)}、{heading}", text) for n, (heading, text) in enumerate(numbered, start=1)
        ),
        annex=tuple(_annex_row(n, figure) for n, figure in enumerate(found, start=1)),
        closing=(
            f"本通报数据统计截至{say_day(until)}，由各报送单位填报的统计工作簿汇总并经审核后生成；"
            "各项指标的统计截止日期见附表。"
        ),
        issuer=f"{province.name}乡村振兴局",
    )


def figure_keys() -> Iterator[str]:
    """Every figure key that some sentence names."""
    for section in SECTIONS:
        for sentence in section.sentences:
            yield from _keys(sentence)


def _paragraph(section: Section, said: dict[str, Figure], unit: Unit, period: Period) -> str:
    sentences = (_sentence(sentence, said, unit, period) for sentence in section.sentences)
    return "".join(f"{text}。" for text in sentences if text)


def _sentence(sentence: Sentence, said: dict[str, Figure], unit: Unit, period: Period) -> str:
    if unit.kind not in sentence.kinds:
        return ""
    year = period.end.year
    days = [said[key].as_of or period.end for key in _keys(sentence) if key in said]
    day = max(days, default=period.end)
    words = {
        "all": f"全{unit.name[-1]}",
        "our": "我省" if unit.kind == "province" else unit.name,
        "partner": ASSISTING_PROVINCES.get(unit.code[:2], "东部协作省份"),
        "year": f"{year}年",
        "until": say_until(day, year),
        "span": say_span(day, year),
    }
    dated = "{until}" in sentence.lead or "{span}" in sentence.lead
    return _say(sentence, said, words, day if dated else None)


def _say(
    part: str | Either | Sentence, said: dict[str, Figure], words: dict[str, str], day: date | None
) -> str:
    """The part in words, or '' when a figure it needs is not there."""
    match part:
        case str():
            named = _keys_of(part, words)
            if not all(key in said for key in named):
                return ""
            text = part.format(**words, **{key: said[key].display for key in named})
            return text + _own_date([said[key] for key in named], day)
        case Either():
            return next(filter(None, (_say(wording, said, words, day) for wording in part.wordings)), "")
        case Sentence():
            texts = [_say(inner, said, words, day) for inner in part.parts]
            if part.headed and not texts[0]:
                return ""
            texts = [text for text in texts if text]
            return part.lead.format(**words) + part.joint.join(texts) if texts else ""


def _own_date(named: list[Figure], day: date | None) -> str:
    others = [figure.as_of for figure in named if day and figure.as_of and figure.as_of != day]
    return f"（{say_until(min(others), day.year)}）" if day and others else ""


def _keys(part: str | Either | Sentence) -> Iterator[str]:
    match part:
        case str():
            yield from _keys_of(part, _WORDS)
        case Either():
            for wording in part.wordings:
                yield from _keys(wording)
        case Sentence():
            for inner in part.parts:
                yield from _keys(inner)


_WORDS = dict.fromkeys(("all", "our", "partner", "year", "until", "span"), "")


def _keys_of(text: str, words: dict[str, str]) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name and name not in words]


def _annex_row(number: int, figure: Figure) -> tuple[str, ...]:
    return (
        str(number),
        figure.label,
        figure.display if figure.value is not None else "—",
        _plain(figure.value),
        "比率" if figure.unit == "1" else figure.unit,
        figure.as_of.isoformat() if figure.as_of else "—",
        figure.key,
    )


def _plain(value: Decimal | None) -> str:
    """All digits, without trailing zeros or an exponent."""
    if value is None:
        return "—"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ordinal(number: int) -> str:
    return "一二三四五六七八九十"[number - 1]
