"""What holds digits or numerals and is no figure: dates, times, ordinals, item and document numbers, telephones, names.

Belongs here: general forms, and the few sayings of ``fixed_phrases.txt``. Does not belong here: any reading of what is a
figure.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PHRASES = Path(__file__).with_name("fixed_phrases.txt")

# Runs are bounded: a text of nothing but digits or letters is read in linear time too.
_N = "(?<![零〇一二两三四五六七八九十百])[零〇一二两三四五六七八九十百]{1,12}"
_D = r"(?<!\d)\d{1,18}"
_QUOTED = re.compile(r"[“‘「『《]([^“”‘’「」『』《》\n]{1,40})[”’」』》]")
_MONTHS = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
_YEAR = r"(?:(?:19|20)\d{2}|[一二]?[零〇一二三四五六七八九]{2,4}|\d{2,4})"
_TO = r"\s?(?:至|到|[-—–~～]{1,2}|、|和|,)\s?"

# Each form is a whole stretch of text that no figure may touch.
_FORMS = (
    # addresses of the web and of mail, and words of digits and letters: A4, G310, PM2.5, 5A级
    r"(?:https?://|www\.)[^\s\u3400-\u9fff,。;)]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    r"(?<![A-Za-z_])[A-Za-z][A-Za-z_]{0,31}[-.]?\d+(?:\.\d+)*[A-Za-z]*|(?<!\d)\d{1,18}(?:\.\d{1,18})?[A-Z](?![A-Za-z])级?|(?<!\d)\d{1,18}(?:\.\d{1,18})?(?!(?:kg|km|kW|MW|hm|mu|t)\b)[a-zA-Z]+\d*",
    # programmes: 3+X, 1+3+N, 5+2
    r"[\dA-Za-z]{1,3}(?:\+[\dA-Za-z]{1,3})+",
    # dates and times
    r"\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}(?:[T ]?\d{1,2}:\d{2}(?::\d{2})?)?",
    r"(?<![\d.])(?:19|20)\d{2}[-/](?:0[1-9]|1[0-2])(?![\d/-])",
    r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
    rf"{_YEAR}(?:{_TO}{_YEAR}){{1,6}}年(?:度|初|底|末|间|期间)?",
    rf"{_YEAR}年(?:度|初|底|末|代|(?:前|上|下|后)?半年|第?[一二三四1-4]季度|前?{_MONTHS}(?:{_TO}{_MONTHS}){{0,11}}月(?:份|底|初|末|中旬|[上下]旬)?(?:\d{{1,2}}|[一二三十][一二三四五六七八九十]{{0,2}})?[日号]?)?",
    rf"(?<![\d.]){_MONTHS}月(?:份)?{_TO}{_MONTHS}月(?:份|底|初|末)?",
    rf"(?<![\d.])(?:前|头)?{_MONTHS}(?:{_TO}{_MONTHS}){{0,11}}月(?:份|底|初|末|中旬|[上下]旬)?(?:(?:\d{{1,2}}|[一二三]?十?[一二三四五六七八九十])[日号](?:{_TO}(?:{_MONTHS}月)?\d{{1,2}}[日号])?)?",
    r"(?<![\d.])\d{1,2}(?:[-—–~至到、]\d{1,2}){0,30}[日号](?![^\s]{0,1}文)(?:上午|下午|晚|凌晨)?",
    r"\d{1,2}(?:时|点)(?:\d{1,2}分|整|半|许)?(?!\d)",
    r"\d{2}世纪(?:\d{2}年代)?|[一二]?十[一二三四五六七八九]?世纪",
    r"[一二三四1-4](?:至[一二三四1-4]|、[一二三四1-4])*季度",
    # spans of time, ages and terms: no amounts that a register counts
    rf"(?:{_D}(?:\.\d{{1,18}})?|{_N})(?:多|余|几)?(?:个)?(?:半)?(?:周年|年半|年|月|季度|星期|礼拜|周岁|周|小时|分钟|秒钟|工作日|昼夜|天|岁|届|旬)",
    rf"(?:{_D}|{_N})多?个(?:多)?(?:月|季度|小时|工作日|星期|学期|年头|年度)",
    # ordinals and document numbers
    rf"第\s?(?:{_D}|{_N})(?:{_TO}(?:第)?(?:{_D}|{_N})){{0,12}}",
    r"[〔\[【(](?:19|20)\d{2}[〕\]】)]\s?(?:第)?\d+\s?号",
    rf"(?:{_D}|{_N})号(?:文|令|公告|件|院|楼|线|地|路|公路|工程|信)?|\d+[国省县]道",
    r"(?:编号|代码|邮编|邮政编码|电话|热线|拨打|号码|手机|传真|证号|账号|微信|QQ)(?:[A-Za-z]*)(?:[::为是]|号)?\s?\d[\d-]*[Xx]?",
    r"[“‘「『]?(?<!\d)(?<!\d[.,])\d{3,6}[”’」』]?(?=(?:防返贫)?(?:监督|举报|服务|热线|平台|电话|专线))",
    r"(?<![\d.,])(?:\d{3,4}-\d{7,8}|1[3-9]\d{9}|\d{17}[\dXx])(?![\d.万亿])",
    # plans: 十四五
    r"十[一二三四五]五(?![十百千万亿个])",
    # 一户一策, 三区三州, 一二三产业
    r"(?P<same>[一二两三四五六七八九十百千万])(?:(?![零一二两三四五六七八九十百千万亿点])[\u3400-\u9fff]){1,2}(?P=same)(?![零一二两三四五六七八九十百千万亿])[\u3400-\u9fff]|一[二、]+三(?:次)?产业|[一二三]{2,3}产",
    r"[一二三四五六七八九十]{1,3}(?:是(?!否)|要(?=[\u3400-\u9fff]))",
)
_UNFIGURES = re.compile("|".join(f"(?:{form})" for form in _FORMS))
# Numbers of items at the head of a line or sentence: 一、 （一） 1. 1、 (1) ①
_ITEM = re.compile(
    r"(?:(?<=\n)|(?<=[。;!?:])|\A)[ \t]*(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\)|(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:、|[.．](?!\d)|(?:\.\d{1,2}){1,3}(?=[\u3400-\u9fff ](?<![万亿个件名人户家元])))|\d{1,2}\) ?)"
)
_BRACKETED_ITEM = re.compile(r"\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\)")
_DIGITS = re.compile(r"\d")


def unfigures(plain: str) -> list[tuple[int, int]]:
    """The stretches of a plain text in which no figure is to be looked for, in order; they may touch, not overlap."""
    spans = [
        match.span()
        for form in (_UNFIGURES, _ITEM, _BRACKETED_ITEM, _sayings())
        for match in form.finditer(plain)
    ]
    spans += [match.span() for match in _QUOTED.finditer(plain) if _is_name(match)]
    return _merged(spans)


def _is_name(match: re.Match[str]) -> bool:
    """What stands in quotation marks is a name when it is short and all its numbers are words; a title always is."""
    return match[0][0] == "《" or (len(match[1]) <= 16 and not _DIGITS.search(match[1])) or match[1].isdigit()


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


@cache
def _sayings() -> re.Pattern[str]:
    lines = _PHRASES.read_text(encoding="utf-8").splitlines()
    phrases = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))
