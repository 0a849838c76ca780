"""Townships and villages of a county: invented, numbered, the same for every register of that county."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_TOWNSHIPS = [
    "城关",
    "河口",
    "石门",
    "双河",
    "太平",
    "兴隆",
    "龙泉",
    "红岭",
    "金盆",
    "永安",
    "清水",
    "大坪",
    "板桥",
    "三合",
    "高坝",
    "柳林",
    "南宽",
    "北沟",
    "东岭",
    "西川",
    "中坪",
    "新集",
]
_VILLAGES = [
    "桥头",
    "东沟",
    "西坡",
    "南湾",
    "北坪",
    "上河",
    "下河",
    "中岭",
    "前进",
    "向阳",
    "和平",
    "新民",
    "双龙",
    "青山",
    "白杨",
    "石泉沟",
    "枣园",
    "柏树",
    "大湾",
    "小坪",
    "水磨",
    "花园",
    "杨家坪",
    "李家湾",
    "王家岭",
    "张家沟",
    "刘家塬",
    "高庙",
    "古路",
    "团结",
    "胜利",
    "光明",
    "凤凰",
    "金星",
    "银杏",
    "梨园",
    "核桃坪",
    "茶店",
    "松林",
    "竹园",
]


@dataclass(frozen=True, slots=True)
class Place:
    township: str
    village: str


class Places:
    """``townships`` by name and at least ``villages`` villages, each in one township."""

    def __init__(self, code: str, townships: int, villages: int):
        rng = Random(f"{code}/places")
        names = rng.sample(_TOWNSHIPS[1:], min(townships, len(_TOWNSHIPS)) - 1)
        self.townships = [f"{_TOWNSHIPS[0]}镇", *(f"{name}镇" for name in names)]
        each = -(-max(villages, 3 * len(self.townships)) // len(self.townships))
        self.villages = [
            Place(township, f"{_VILLAGES[(start + n) % len(_VILLAGES)]}{_ordinal(n)}村")
            for start, township in enumerate(self.townships)
            for n in range(each)
        ]

    def any(self, rng: Random) -> Place:
        return self.villages[int(rng.random() * len(self.villages))]


def _ordinal(n: int) -> str:
    """'' for the first forty names, then 二, 三 … so that names stay unique in a township."""
    rounds = n // len(_VILLAGES)
    return "" if rounds == 0 else f"第{rounds + 1}"
