"""The sentences of the bulletin, in the order and manner of the bureau's own article.

A sentence claims nothing that no figure shows: praise, place names and "fully achieved" are the writer's to add.
Belongs here: the Chinese text around the figures. Does not belong here: which of it is said (``narrative``).
"""

from __future__ import annotations

from dataclasses import dataclass


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
    sentence by the latest figure said; a part that covers less then says its own date. ``{now}`` is the period itself. ``kinds`` limits the
    sentence to units of these kinds. In a ``headed`` one the other parts speak of what the first part named, so
    that without the first nothing is said.
    """

    parts: tuple[str | Either | Sentence, ...]
    lead: str = ""
    joint: str = "，"
    kinds: tuple[str, ...] = ("province", "city", "county")
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A section of the bulletin. ``compared``: the figures, with their names in a sentence, whose change is said after it.
    ``charts``: the group of charts that stands below."""

    heading: str
    sentences: tuple[Sentence, ...]
    compared: tuple[tuple[str, str], ...] = ()
    charts: str | None = None


@dataclass(frozen=True, slots=True)
class Cadence:
    """How the bulletin of a cadence is headed and opened, of ``{unit}`` and ``{period}`` (its first and last day: ``{days}``),
    and what it calls itself."""

    title: str
    dateline: str
    opening: str
    noun: str


_WORK = "巩固拓展脱贫攻坚成果同乡村振兴有效衔接"
CADENCES = {
    "week": Cadence(
        "{unit}防止返贫监测对象周统计",
        "（{period}，{days}）",
        "现将{period}（{days}）防止返贫监测对象统计情况通报如下。",
        "统计",
    ),
    "month": Cadence(
        f"{{unit}}{_WORK}工作情况月通报",
        "（{period}）",
        f"现将{{period}}{_WORK}有关工作情况通报如下。",
        "通报",
    ),
    "quarter": Cadence(
        f"{{unit}}{_WORK}工作季度调度通报",
        "（{period}）",
        f"现将{{period}}{_WORK}工作调度情况通报如下。",
        "通报",
    ),
    "half_year": Cadence(
        f"{{unit}}{_WORK}半年工作小结", "（{period}）", f"现将{{period}}{_WORK}工作情况小结如下。", "小结"
    ),
    "year": Cadence(
        f"{{unit}}{_WORK}年度工作总结", "（{period}度）", f"现将{{period}}度{_WORK}工作情况总结如下。", "总结"
    ),
}


# What a year-to-date figure has grown by in a period is said by another figure, where that is known.
FLOWS = {
    "hotline_12317_calls_received": "hotline_12317_calls_in_period",
    "projects_started": "projects_started_in_period",
    "microcredit_amount": "microcredit_disbursed",
}


def _category(name: str, key: str) -> Either:
    households, people = f"{{monitored_households_{key}}}", f"{{monitored_people_{key}}}"
    return Either(f"{name}{households}、{people}", f"{name}{households}")


TOPICS = (
    Topic(
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
                    "新识别监测对象{monitored_households_identified}",
                    "消除风险{monitored_households_eliminated_in_period}",
                ),
                lead="{now}，",
            ),
            Sentence(
                (
                    "“12317”监督举报平台受理群众来电{hotline_12317_calls_received}",
                    "其中受理政策咨询{hotline_12317_policy_consultations}",
                ),
                lead="{until}，",
                headed=True,
            ),
            Sentence(("受理群众来电{hotline_12317_calls_in_period}",), lead="{now}，"),
        ),
        compared=(
            ("monitored_households_total", "监测对象户数"),
            ("monitored_people_total", "监测对象人数"),
            ("monitored_households_unstable", "脱贫不稳定户"),
            ("monitored_households_marginal", "边缘易致贫户"),
            ("monitored_households_sudden", "突发严重困难户"),
            ("monitored_households_identified", "新识别户数"),
            ("monitored_households_eliminated_in_period", "消除风险户数"),
            ("hotline_12317_calls_received", "累计受理群众来电"),
            ("hotline_12317_calls_in_period", "受理群众来电"),
        ),
        charts="monitoring",
    ),
    Topic(
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
        compared=(
            ("resident_workers", "驻村工作人员"),
            ("resident_workers_trained", "培训驻村人员"),
        ),
    ),
    Topic(
        "强化易地搬迁后续帮扶，全面加强稳岗就业",
        (Sentence(("目前{all}脱贫劳动力就业{employment_lifted_labour}",)),),
        compared=(("employment_lifted_labour", "脱贫劳动力就业"),),
    ),
    Topic(
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
        compared=(
            ("recognised_products_total", "现有扶贫产品"),
            ("recognised_products_output_value", "扶贫产品产值"),
            ("recognised_products_submitted", "报送扶贫产品"),
        ),
    ),
    Topic(
        "加大项目资金投入，集中帮助群众解决发展资金问题",
        (
            Sentence(
                (
                    "安排拨付中央和省级衔接资金{bridging_funds_central_provincial}",
                    "其中切块到县{bridging_funds_allotted_to_counties}",
                ),
                headed=True,
            ),
            Sentence(("衔接资金已支出{bridging_funds_spent}",)),
            Sentence(
                (
                    "安排项目{projects_arranged}",
                    "已开工{projects_started}",
                    "开工率{project_start_rate}",
                ),
                headed=True,
            ),
            Sentence(("新开工项目{projects_started_in_period}",), lead="{now}，"),
            Sentence(
                ("{year}已入库项目{project_pool_projects}、资金总量{project_pool_funds}",),
                lead="编制完善项目库，",
            ),
        ),
        compared=(
            ("bridging_funds_central_provincial", "安排拨付中央和省级衔接资金"),
            ("bridging_funds_spent", "衔接资金支出"),
            ("projects_arranged", "安排项目"),
            ("projects_started", "已开工项目"),
            ("projects_started_in_period", "新开工项目"),
            ("project_start_rate", "项目开工率"),
            ("project_pool_projects", "入库项目"),
            ("project_pool_funds", "入库项目资金总量"),
        ),
    ),
    Topic(
        "落实扶贫小额信贷，支持脱贫群众发展生产",
        (
            Sentence(
                ("{all}扶贫小额信贷当年累计投放{microcredit_amount}、{microcredit_households}",),
            ),
            Sentence(("投放扶贫小额信贷{microcredit_disbursed}",), lead="{now}，"),
        ),
        compared=(
            ("microcredit_amount", "扶贫小额信贷累计投放"),
            ("microcredit_disbursed", "扶贫小额信贷投放"),
            ("microcredit_households", "投放户数"),
        ),
    ),
    Topic(
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
        compared=(
            ("ew_labour_transferred", "转移就业农村劳动力"),
            ("ew_lifted_people_transferred", "转移就业脱贫人口"),
            ("ew_consumption_assistance_sales", "采购、销售消费帮扶产品"),
            ("ew_social_assistance_funds", "社会帮扶资金"),
            ("ew_enterprises_landed", "落地投产企业"),
        ),
    ),
)
