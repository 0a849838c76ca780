"""One value written in many ways, as people, programs and copies write it, each with what it means.

A spelling whose meaning is None says nothing certain: whoever reads it as a number or a day has guessed. Belongs here: forms
and meanings, without any of the code that reads them. Does not belong here: reading.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from random import Random

Spelling = tuple[str, object]  # a text, and what it means (None: nothing certain)

_FULL = str.maketrans("0123456789.,-+()%/ ", "0123456789.,-+()%/ ")
_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_AROUND = ("", " ", "\t", "\u3000", "\u00a0", "\n", "\u200b", "\ufeff")


def number(random: Random) -> Decimal:
    """Zero, small and large, with up to six decimals, now and then negative."""
    digits = random.choice((1, 1, 2, 3, 4, 5, 6, 8, 10, 12))
    decimals = random.choice((0, 0, 0, 1, 2, 2, 4, 6))
    value = Decimal(random.randrange(10 ** (digits + decimals))).scaleb(-decimals)
    return -value if random.random() < 0.1 else value


def of_number(value: Decimal, random: Random) -> Iterator[Spelling]:
    plain, grouped = format(value, "f"), format(value, ",f")
    whole, _, fraction = plain.partition(".")
    certain = [
        plain, grouped, plain.translate(_FULL), grouped.translate(_FULL), grouped.replace(",", ","), f"{value:E}", f"{value:e}",
        plain + ("0" if fraction else ".0"), plain.replace("-", "−"), plain.replace("-", "-"), f"'{plain}", f"{plain} ",
    ]  # fmt: skip
    if not fraction:
        certain.append(f"{plain}.")
    if value >= 0:
        certain += [f"+{plain}", f"00{plain}"]
    for text in certain:
        yield random.choice(_AROUND) + text + random.choice(_AROUND), value
    yield f"({format(abs(value), 'f')})", -abs(value)
    yield f"({format(abs(value), 'f')})", -abs(value)
    place = random.randrange(len(whole) + 1)
    for text in (
        f"{whole[:place]},{whole[place:]}{fraction},", f"{plain}.5.5", f"{plain}‰", f"约{plain}", f"{plain}左右", f"{plain}?",
        f"{plain}-{plain}", f"{plain}/{plain}", f"{plain};{plain}", f"{plain}+1", f"--{plain}", f"{plain}-", f"{plain}x", f"O{plain}",
        f"{plain}e", f"{plain}1e5000", f"0x{whole}", f"{plain} {plain}", f"≥{plain}", f"{plain}多", f"{plain}余", f"{plain}几", "½", "②", "NaN", "inf",
        "Infinity", "#REF!", "=1+1", "TRUE", f"{plain}\n{plain}", f"{plain}、{plain}", f"({plain}", f"{plain})", f"\u202e{plain}",
    ):  # fmt: skip
        yield text, None
    if len(whole) > 4:
        yield f"{whole[:-2]},{whole[-2:]}", None  # a thousand has three digits; a decimal comma has none here
    if value != 0 and "-" not in plain:
        yield plain.translate(_ARABIC), value
        yield whole.translate(_CHINESE), Decimal(whole)


def day(random: Random) -> datetime.date:
    return datetime.date(2015, 1, 1) + datetime.timedelta(days=random.randrange(3500))


def of_day(value: datetime.date, random: Random) -> Iterator[Spelling]:
    y, m, d = value.year, value.month, value.day
    serial = (value - datetime.date(1899, 12, 30)).days
    certain = [
        f"{y}-{m:02}-{d:02}", f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}/{m:02}/{d:02}", f"{y}.{m}.{d}", f"{y}.{m:02}.{d:02}", f"{y}年{m}月{d}日",
        f"{y}年{m:02}月{d:02}日", f"{y}年{m}月{d}号", f"{y}{m:02}{d:02}", f"{y}-{m:02}-{d:02} 00:00:00", f"{y}-{m:02}-{d:02}T00:00:00",
        f"{y}-{m:02}-{d:02} 09:30", f"{y} - {m} - {d}", f"{y}年 {m}月 {d}日", str(serial), f"{serial}.0", f"{serial}.5",
        f"{y}-{m:02}-{d:02}".translate(_FULL), f"{y}年{m}月{d}日".translate(_FULL), f"{y}-{m:02}/{d:02}",
        f"{str(y).translate(_CHINESE)}年{m}月{d}日",
    ]  # fmt: skip
    for text in certain:
        yield random.choice(_AROUND) + text + random.choice(_AROUND), value
    for text in (
        f"{m:02}/{d:02}/{y}", f"{d:02}/{m:02}/{y}", f"{d}.{m}.{y}", f"{y % 100:02}-{m:02}-{d:02}", f"{y % 100:02}{m:02}{d:02}", f"{m}月{d}日",
        f"{y}年{m}月", f"{y}-{m:02}", f"{y}", f"{y}-13-{d:02}", f"{y}-{m:02}-32", f"{y}-02-30", f"{y}-00-{d:02}", f"{y}-{m:02}-00",
        f"{y}1{m:02}{d:02}", f"{y}-{m:02}-{d:02}-01", f"{y}-{m:02}-{d:02}至今", f"{y}-{m:02}-{d:02},{y}-{m:02}-{d:02}", "-1", "0", "1", "999999",
        f"{y}上半年", f"{y}-{m:02}-{d:02}?", f"约{y}-{m:02}-{d:02}", f"{d}-{value:%b}-{y}",
    ):  # fmt: skip
        yield text, None


def of_boolean(value: bool) -> Iterator[Spelling]:
    words = (
        ("是", " 是 ", "Y", "TRUE", "√", "有", "1") if value else ("否", " 否 ", "N", "FALSE", "×", "无", "0")
    )
    for text in words:
        yield text, value
    for text in ("是/否", "是否", "不是", "是,否", "大概", "2", "-1", "是的吧", "否定", "未知", "#N/A", "?"):
        yield text, None
