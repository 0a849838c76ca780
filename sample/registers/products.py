"""Recognised products (扶贫产品认定) and which of them the bureau submits (扶贫产品报送)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample import made_up
from sample.apportion import apportion
from sample.dates import Scene, add_months
from sample.places import Places
from sample.plan import CountyPlan

_KINDS = {
    "粮油": ("小米", "菜籽油", "面粉", "杂粮"),
    "果蔬": ("苹果", "猕猴桃", "红枣", "蔬菜"),
    "畜禽": ("土鸡蛋", "羊肉", "牛肉", "腊肉"),
    "水产": ("鲜鱼",),
    "茶叶": ("绿茶", "茯茶"),
    "食用菌": ("香菇", "木耳"),
    "中药材": ("天麻", "丹参", "连翘"),
    "蜂产品": ("土蜂蜜",),
    "加工食品": ("核桃仁", "魔芋制品", "挂面"),
    "手工艺品": ("草编", "刺绣"),
    "其他": ("样例产品",),
}
_KIND_WEIGHTS = (14, 24, 16, 2, 10, 9, 8, 5, 9, 2, 1)
_BENEFITS = ("工资性收益", "资产性收益", "经营性收益")


@dataclass(slots=True)
class Product:
    """One product; ``submitted_on`` is the day the bureau passes it on, or None. ``value`` a year in 元."""

    number: str
    name: str
    category: str
    supplier: str
    uscc: str
    township: str
    recognised_on: date
    value: int
    benefit: str
    people: int
    submitted_on: date | None


def grow(plan: CountyPlan, places: Places, scene: Scene) -> list[Product]:
    """The planned products, suppliers and value; submitted suppliers come first and own the submitted products."""
    rng = scene.rng(plan.code, "products")
    if not plan.products:
        return []
    owners = _owners(plan, rng)
    weights = [int(rng.lognormvariate(0, 0.8) * 1000) + 1 for _ in range(plan.products)]
    values = _values(plan.product_value, weights)
    batches = [scene.at(120), scene.at(480), scene.at(830)]
    products = []
    for serial, (owner, value) in enumerate(zip(owners, values, strict=True), 1):
        submitted = serial <= plan.products_submitted
        category = rng.choices(list(_KINDS), _KIND_WEIGHTS)[0]
        batch = batches[owner % len(batches)] if submitted else None
        products.append(
            Product(
                number=f"{plan.code}C{serial:06d}",
                name=f"样例{rng.choice(_KINDS[category])}{serial:04d}",
                category=category,
                supplier=f"{plan.name[:-1]}样例{owner:03d}号农业专业合作社",
                uscc=made_up.credit_code(plan.code, owner),
                township=places.townships[owner % len(places.townships)],
                recognised_on=_recognised_on(batch, scene, rng),
                value=value,
                benefit=rng.choice(_BENEFITS),
                people=rng.randint(2, 90),
                submitted_on=batch,
            )
        )
    rng.shuffle(products)
    return products


def as_of(products: list[Product], day: date) -> list[dict]:
    return [
        {
            "product_no": product.number,
            "product_name": product.name,
            "product_category": product.category,
            "supplier_name": product.supplier,
            "supplier_uscc": product.uscc,
            "township": product.township,
            "recognised_on": product.recognised_on,
            "valid_to": add_months(product.recognised_on, 36) - timedelta(days=1),
            "commodity_value": product.value,
            "benefit_mode": product.benefit,
            "benefit_people": product.people,
        }
        for product in products
        if product.recognised_on <= day
    ]


def submissions(products: list[Product], code: str, name: str, year: int) -> list[dict]:
    """The county's products on the bureau's list of the year, whatever the day."""
    days = sorted({product.submitted_on for product in products if product.submitted_on})
    return [
        {
            "product_no": product.number,
            "product_name": product.name,
            "supplier_name": product.supplier,
            "supplier_uscc": product.uscc,
            "county_code": code,
            "county_name": name,
            "batch": f"{year}年第{days.index(product.submitted_on) + 1}批",
            "submitted_on": product.submitted_on,
        }
        for product in products
        if product.submitted_on
    ]


def _owners(plan: CountyPlan, rng: Random) -> list[int]:
    """The supplier of every product: submitted products belong to the first suppliers, the rest to the others."""
    submitting = list(range(1, plan.suppliers_submitted + 1))
    others = list(range(plan.suppliers_submitted + 1, plan.suppliers + 1)) or submitting
    owners = []
    for suppliers, products in (
        (submitting, plan.products_submitted),
        (others, plan.products - plan.products_submitted),
    ):
        if not products:
            continue
        low = [1 if products >= len(suppliers) else 0] * len(suppliers)
        counts = apportion(products, [rng.randint(1, 30) for _ in suppliers], low=low)
        owners += [owner for owner, count in zip(suppliers, counts, strict=True) for _ in range(count)]
    return owners


def _values(total: int, weights: list[int]) -> list[int]:
    """Yearly values in 元 that sum to the total, in hundreds, every product worth something."""
    unit = 100 if total >= 1000 * len(weights) else 1
    values = [n * unit for n in apportion(total // unit, weights, low=[1] * len(weights))]
    values[0] += total % unit
    return values


def _recognised_on(submitted_on: date | None, scene: Scene, rng: Random) -> date:
    """Since 2020, some this year; a submitted product before its submission."""
    opened = date(scene.end.year - 1, 3, 2)
    if submitted_on:
        return scene.workday(rng, opened, submitted_on - timedelta(days=3))
    if rng.random() < 0.25:
        return scene.workday(rng, scene.start + timedelta(days=3), scene.end)
    return scene.workday(rng, opened, scene.start - timedelta(days=1))
