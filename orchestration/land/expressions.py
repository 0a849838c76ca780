"""SQL (DuckDB) that turns the text of one cell into a typed value in base units, exactly.

Every function takes and gives SQL text. Numbers pass from text to decimal and never through a double; a
double only measures how far a value lies from its nearest fen. Belongs here: what a text can mean. Does not
belong here: which column is what (clean).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Full-width forms to half-width. The whole map is for numbers, dates, codes and listed words; prose keeps its
# Chinese punctuation and loses only what makes one word look like two.
_FULL = "".join(map(chr, range(0xFF01, 0xFF5F)))
_HALF = "".join(map(chr, range(0x21, 0x7F)))
_PROSE = {full: half for full, half in zip(_FULL, _HALF, strict=True) if half.isalnum() or half in "()-/_"}
_SPACES = "\u3000\u00a0\u2002\u2003\u2009"
_NOTHING = "\u200b\ufeff\u200e\u200f\u202c\u202d"

BLANK_WORDS = ("null", "none", "nan", "无", "-", "--", "—", "——", "–", "/", "\\")
BLANK_WORDS_IN_PROSE = tuple(word for word in BLANK_WORDS if word != "无")
ERROR_CELLS = ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")

EARLIEST_YEAR, LATEST_YEAR = 1990, 2050
_TIME = r"([ T]?\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?"
_DAY = rf"\d{{4}}([-/.]\d{{1,2}}[-/.]\d{{1,2}}|年\d{{1,2}}月\d{{1,2}}日?){_TIME}"
_MONTH = r"\d{4}([-/.]\d{1,2}|年\d{1,2}月?)"
_NUMBER = r"[+-]?(\d+|\d{1,3}(,\d{3})+)([.]\d*)?([eE][+-]?\d{1,2})?"

# Room for twelve digits before the point and fourteen after it; products with 亿 still fit in 38 digits.
_WIDE = "decimal(38, 14)"
_LARGEST = "1000000000000"
# Excel writes 0.1 + 0.2 as 0.30000000000000004: a difference this small, relative to the value, is its noise.
_NOISE = "4e-15"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def macros() -> list[str]:
    """The macros every other expression relies on."""
    blanks = "' ' || chr(9) || chr(10) || chr(13)"
    spaces = " " * len(_SPACES)
    everything = literal(_FULL + _SPACES + _NOTHING), literal(_HALF + spaces)
    prose = literal("".join(_PROSE) + _SPACES + _NOTHING), literal("".join(_PROSE.values()) + spaces)
    odd = literal(f"[！-～{_SPACES}{_NOTHING}]")
    # ASCII and ordinary Chinese are by far the most: translate() is costly, so it is the last resort.
    form = (
        "create macro {name}(t) as case when strlen(t) = length(t) or not regexp_matches(t, {odd}) "
        "then trim(t, {blanks}) else trim(translate(t, {full}, {half}), {blanks}) end"
    )
    return [
        form.format(name="half_width", odd=odd, blanks=blanks, full=everything[0], half=everything[1]),
        form.format(name="prose", odd=odd, blanks=blanks, full=prose[0], half=prose[1]),
        # Document numbers are written with any bracket; the standard one is 〔〕: 陕财办农〔2021〕38号.
        "create macro with_document_no(t) as case when contains(t, '号') then "
        r"regexp_replace(t, '[\[(（【〔]((19|20)\d\d)[\])）】〕]\s*(第?\d+号)', '〔\1〕\3', 'g') else t end",
        r"create macro squeezed(t) as regexp_replace(t, '\s+', '', 'g')",
    ]


def blank_to_null(text: str, words: Iterable[str]) -> str:
    listed = ", ".join(literal(word) for word in ("", *words))
    return f"case when lower({text}) in ({listed}) then null else {text} end"


def code_text(text: str) -> str:
    """A code or key as text: no blanks inside, no typed apostrophe before it, no ``.0`` after a number."""
    return rf"regexp_replace(squeezed(ltrim(half_width({text}), '''`')), '^(\d+)[.]0+$', '\1')"


def number(text: str) -> str:
    """The number a text writes as a wide decimal, separators aside; null if it is none."""
    value = f"try_cast(replace({text}, ',', '') as {_WIDE})"
    return f"case when regexp_full_match({text}, '{_NUMBER}') then {value} end"


def scaled(value: str, factor: str) -> str:
    """A wide decimal in base units; null beyond the largest number a register can hold."""
    return f"case when abs({value}) < {_LARGEST} then {value} * cast({factor} as decimal(12, 2)) end"


def exact(value: str, data_type: str, scale: int) -> str:
    """A scaled value as the column's type; null when digits beyond its precision remain."""
    off = f"abs(cast({value} - round({value}, {scale}) as double))"
    close = f"{off} <= least({_NOISE} * abs(cast({value} as double)), 1e-{scale + 1})"
    return f"case when {close} then try_cast(round({value}, {scale}) as {data_type}) end"


def factor_of(unit: str, factors: Mapping[str, str]) -> str:
    """The factor of the unit a row states; null for an unknown unit."""
    cases = " ".join(f"when {literal(word)} then {factor}" for word, factor in factors.items())
    return f"cast(case {unit} {cases} end as decimal(12, 2))"


def day(text: str) -> str:
    """A date in any accepted form, or a 1900-system serial; null when it is none."""
    tidy = rf"regexp_replace({text}, '\s*([年月日])\s*', '\1', 'g')"
    separated = rf"regexp_replace(regexp_extract({tidy}, '^[^ T日]+'), '[年月/.]', '-', 'g')"
    # try_strptime takes months and days of one digit.
    return (
        f"case when regexp_full_match({text}, '\\d{{8}}') then cast(try_strptime({text}, '%Y%m%d') as date) "
        f"when regexp_full_match({text}, '\\d{{5}}([.]\\d+)?') "
        f"then date '1899-12-30' + cast(split_part({text}, '.', 1) as integer) "
        f"when regexp_full_match({tidy}, '{_DAY}') then cast(try_strptime({separated}, '%Y-%m-%d') as date) end"
    )


def month(text: str) -> str:
    """The first day of a month, or a day in it. ``2021.1`` is none: a number in a spreadsheet loses the 0 of
    October."""
    tidy = rf"regexp_replace({text}, '\s*([年月])\s*', '\1', 'g')"
    separated = f"regexp_replace(rtrim({tidy}, '月'), '[年/.]', '-', 'g')"
    first = (
        f"case when regexp_full_match({text}, '\\d{{6}}') then cast(try_strptime({text} || '01', '%Y%m%d') as date) "
        f"when regexp_full_match({tidy}, '{_MONTH}') and not regexp_full_match({text}, '\\d{{4}}[.]1') "
        f"then cast(try_strptime({separated} || '-1', '%Y-%m-%d') as date) end"
    )
    return f"coalesce({first}, {day(text)})"


def plausible(value: str) -> str:
    """A date if its year can be one of a register's."""
    return f"case when year({value}) between {EARLIEST_YEAR} and {LATEST_YEAR} then {value} end"


def boolean(text: str) -> str:
    yes, no = ("'是', 'TRUE', '√', '✓', 'Y'", "'否', 'FALSE', '×', '✗', 'N'")
    return f"case when upper({text}) in ({yes}) then true when upper({text}) in ({no}) then false end"


def unit_code(text: str) -> str:
    """The digits of a unit code as ``ReportingUnits.by_code`` reads them: 12 digits and a leading 156 too."""
    return rf"regexp_replace(regexp_replace({text}, '^(\d{{6}})000000$', '\1'), '^156(\d{{6}})$', '\1')"


def listed(text: str, allowed: Iterable[str]) -> str:
    """The allowed value a text stands for, whatever its blanks and width; null when it stands for none."""
    cases = " ".join(f"when squeezed(half_width({literal(v)})) then {literal(v)}" for v in allowed)
    return f"case squeezed({text}) {cases} end"


def id_number(text: str) -> str:
    """An ID number (18) or disability certificate (20) of the right form; the check digit is not asked."""
    return f"case when regexp_full_match(upper({text}), '\\d{{17}}[0-9X](\\d\\d)?') then upper({text}) end"


def pseudonym(value: str) -> str:
    """32 hex digits that stand for a person in this home alone. A disability certificate begins with the ID
    number, so both give one pseudonym. ``$pseudonym_key`` is a parameter: it must not stand in query text."""
    return f"substr(sha256($pseudonym_key || substr({value}, 1, 18)), 1, 32)"


def birth_year(value: str) -> str:
    year = f"try_cast(substr({value}, 7, 4) as integer)"
    return f"case when {year} between 1900 and {LATEST_YEAR} then {year} end"


def phone(text: str) -> str:
    """A mobile or landline number in one of the usual forms, else null."""
    return f"case when regexp_full_match({text}, '(1[3-9]\\d{{9}}|(0\\d{{2,3}}-?)?\\d{{7,8}}(-\\d+)?)') then {text} end"


def no_error_cell(text: str) -> str:
    """Text, unless it is what a broken formula leaves behind."""
    errors = ", ".join(literal(error) for error in ERROR_CELLS)
    return f"case when {text} not in ({errors}) then {text} end"
