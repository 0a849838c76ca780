"""Rules of 易地搬迁后续扶持: households, labour and jobs of each resettlement site."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import above, bad_rows, number

DATASET = "resettlement_sites"


def _within(
    code: str, part: tuple[str, str], whole: tuple[str, str], unit: str, severity: str = "error"
) -> Rule:
    return Rule(
        code=code,
        dataset=DATASET,
        severity=severity,
        title_zh=f"{part[1]}不大于{whole[1]}",
        message_zh="{found},应{expected}",
        remedy_zh=f"核对{part[1]}和{whole[1]}",
        source=FORM if severity == "error" else UNSOURCED,
        cells=(whole[0], part[0]),
        query=above(DATASET, part[0], whole[0], part[1], whole[1], show=lambda e: number(e, unit)),
    )


RULES = [
    Rule(
        code="R-RES-1",
        dataset=DATASET,
        # The goal is every household that has labour and wishes to work; the register does not know who wishes.
        severity="warning",
        title_zh="有劳动力的搬迁户九成以上至少1人就业",
        message_zh="{found},应{expected}",
        remedy_zh="核对两项户数;零就业户逐户落实就业,确无就业意愿的可说明",
        source=f"http://bairenhe.com/xwzx/zwyw/1718785422257963009.html (目标: 有劳动力和就业意愿的户); 九成为{UNSOURCED}",
        cells=("households_with_labour", "households_with_job"),
        query=bad_rows(
            DATASET,
            when="10 * d.households_with_job < 9 * d.households_with_labour",
            found=f"'至少1人就业 ' || {number('d.households_with_job', '户')}",
            expected=f"'达到有劳动力户数的九成(有劳动力 ' || {number('d.households_with_labour', '户')} || ')'",
            difference=number("d.households_with_job - d.households_with_labour", "户"),
        ),
    ),
    _within("R-RES-20", ("employed", "已就业人数"), ("labour", "劳动力人数"), "人"),
    _within("R-RES-21", ("labour", "劳动力人数"), ("occupied_people", "实际入住人数"), "人"),
    _within(
        "R-RES-22",
        ("households_with_job", "至少1人就业户数"),
        ("households_with_labour", "有劳动力户数"),
        "户",
    ),
    _within(
        "R-RES-23",
        ("households_with_labour", "有劳动力户数"),
        ("occupied_households", "实际入住户数"),
        "户",
    ),
    # Occupied above planned: families divide and children are born, so people may exceed the plan.
    _within(
        "R-RES-24",
        ("occupied_households", "实际入住户数"),
        ("planned_households", "规划户数"),
        "户",
    ),
    _within("R-RES-25", ("occupied_people", "实际入住人数"), ("planned_people", "规划人数"), "人", "warning"),
    Rule(
        code="R-RES-26",
        dataset=DATASET,
        severity="error",
        title_zh="入住人数不少于入住户数",
        message_zh="{found},应{expected}",
        remedy_zh="核对入住户数和人数是否填反",
        source=FORM,
        cells=("occupied_households", "occupied_people"),
        query=bad_rows(
            DATASET,
            when="d.occupied_people < d.occupied_households",
            found=f"'实际入住人数 ' || {number('d.occupied_people', '人')}",
            expected=f"'不少于实际入住户数 ' || {number('d.occupied_households', '户')}",
            difference=number("d.occupied_people - d.occupied_households"),
        ),
    ),
]
