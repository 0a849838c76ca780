"""SQL (DuckDB) that turns the text of one cell into a typed value in base units, exactly.

Every function takes and gives SQL text. Numbers pass from text to decimal and never through a double; a
double only measures how far a value lies from its nearest fen. The common form of
a text comes first in every ``case``: DuckDB evaluates the later branches for the rows left over only, and
regular expressions are what costs. ``case x when`` is used where ``in`` reads better, for DuckDB plans each
long ``in`` list as a join. Belongs here: what a text can mean. Does not belong here: which column is what (clean).
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
_SEPARATED_NUMBER = r"[+-]?\d{1,3}(,\d{3})+([.]\d*)?"

# The usual number fits the machine's 64 bits and costs a tenth of a wide one: seven digits, six after the point.
_USUAL_NUMBER = r"[+-]?\d{1,7}([.]\d{1,6})?"
_USUAL = "decimal(13, 6)"
# Room for twelve digits before the point and fourteen after it; products with 亿 still fit in 38 digits.
_WIDE = "decimal(38, 14)"
_LARGEST = "1000000000000"
# Excel writes 0.1 + 0.2 as 0.30000000000000004: a difference this small, relative to the value, is its noise.
_NOISE = "4e-15"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def macros() -> list[str]:
    """The macros every other expression relies on. A macro repeats its argument's expression, so give it a
    column."""
    blanks = "' ' || chr(9) || chr(10) || chr(13)"
    spaces = " " * len(_SPACES)
    full = literal(_FULL + _SPACES + _NOTHING), literal(_HALF + spaces)
    prose = literal("".join(_PROSE) + _SPACES + _NOTHING), literal("".join(_PROSE.values()) + spaces)
    odd = literal(rf"[！-～{_SPACES}{_NOTHING}\s]")
    has_blanks = " or ".join(f"contains(t, {blank})" for blank in ("' '", "chr(9)", "chr(10)", "chr(13)"))
    # ASCII and ordinary Chinese are by far the most: translate() is costly, so it is the last resort.
    form = (
        "create macro {name}(t) as case "
        "when strlen(t) = length(t) then case when {has_blanks} then trim(t, {blanks}) else t end "
        "when regexp_matches(t, {odd}) then trim(translate(t, {old}, {new}), {blanks}) else t end"
    )
    common = {"odd": odd, "blanks": blanks, "has_blanks": has_blanks}
    return [
        form.format(name="half_width", old=full[0], new=full[1], **common),
        form.format(name="prose", old=prose[0], new=prose[1], **common),
    ]


def code_start(raw: str) -> str:
    """Half-width text without the apostrophe some type before a number to keep it text."""
    return (
        f"case when starts_with({raw}, '''') then half_width(ltrim({raw}, '''')) else half_width({raw}) end"
    )


def squeezed(half: str) -> str:
    """A text without any blanks."""
    return (
        rf"case when regexp_matches({half}, '\s') then regexp_replace({half}, '\s+', '', 'g') else {half} end"
    )


def code(word: str) -> str:
    """A code or key: no ``.0`` after a number, a document number in standard brackets, no error cell."""
    return (
        rf"case when contains({word}, '.') then regexp_replace({word}, '^(\d+)[.]0+$', '\1') "
        f"when contains({word}, '号') then {_with_document_no(word)} else {no_error_cell(word)} end"
    )


def free_text(word: str) -> str:
    """Prose, with document numbers in standard brackets and without error cells."""
    return f"case when contains({word}, '号') then {_with_document_no(word)} else {no_error_cell(word)} end"


def _with_document_no(text: str) -> str:
    """Document numbers are written with any bracket; the standard one is 〔〕: 陕财办农〔2021〕38号."""
    number = r"[\[(\x{FF08}【〔]((19|20)\d\d)[\])\x{FF09}】〕]\s*(第?\d+号)"
    return rf"regexp_replace({text}, '{number}', '〔\1〕\3', 'g')"


def number_text(half: str, percent: str) -> str:
    """A number's text without well-placed separators and, where ``percent`` holds, without its sign."""
    separated = f"regexp_full_match({half}, '{_SEPARATED_NUMBER}%?')"
    bare = f"case when contains({half}, ',') and {separated} then replace({half}, ',', '') else {half} end"
    return bare if percent == "false" else f"case when {percent} then rtrim({bare}, '%') else {bare} end"


def blank_to_null(text: str, words: Iterable[str]) -> str:
    longest = max(len(word.encode()) for word in words)
    listed = literal("(?i)(" + "|".join(word.replace("\\", "\\\\") for word in words) + ")?")
    # Most texts are longer, or begin with a digit, as no blank word does.
    return (
        f"case when strlen({text}) > {longest} or {text} between '0' and ':' then {text} "
        f"when regexp_full_match({text}, {listed}) then null else {text} end"
    )


def usual_number(text: str) -> str:
    """A number of ordinary size as a narrow decimal; null for any other text."""
    return f"case when regexp_full_match({text}, '{_USUAL_NUMBER}') then cast({text} as {_USUAL}) end"


def wide_number(text: str, factor: str) -> str:
    """Any other number in base units, as a wide decimal; null if it is none or larger than a register holds."""
    value = f"try_cast({text} as {_WIDE})"
    # DuckDB reads 1_000 and 1,000 its own way; a separator still there is a misplaced one.
    return (
        f"case when regexp_matches({text}, '[^-+0-9.eE]') then null "
        f"when abs({value}) < {_LARGEST} then {value} * cast({factor} as decimal(12, 2)) end"
    )


def exact(usual: str, wide: str, factor: str, data_type: str, scale: int) -> str:
    """The number as the column's type, of that scale; null when digits beyond its precision remain."""
    tenth = f"1e-{scale + 1}"
    product = usual if factor == "1" else _product(usual, factor)
    fits = f"try_cast({product} as {data_type})"
    rounded = f"try_cast({wide} as {data_type})"
    off = f"abs(cast({wide} - {rounded} as double))"
    close = f"{off} <= least({_NOISE} * abs(cast({wide} as double)), {tenth})"
    return (
        f"case when {usual} is not null then case when {fits} = {product} then {fits} end "
        f"when {wide} is not null then case when {close} then {rounded} end end"
    )


def _product(usual: str, factor: str) -> str:
    """Two narrow decimals are multiplied in 64 bits, which overflow beyond 18 digits: then one is made wide."""
    if not factor.replace(".", "").isdigit():
        return f"cast({usual} as decimal(19, 6)) * cast({factor} as decimal(12, 2))"
    whole, _, fraction = factor.partition(".")
    digits = len(whole) + len(fraction)
    fitting = usual if digits <= 5 else f"cast({usual} as decimal(19, 6))"
    return f"{fitting} * cast({factor} as decimal({digits}, {len(fraction)}))"


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
        f"case when strlen({text}) = 10 and regexp_full_match({text}, '\\d{{4}}-\\d\\d-\\d\\d') "
        f"then try_cast({text} as date) "
        f"when strlen({text}) = 5 and regexp_full_match({text}, '\\d{{5}}') "
        f"then date '1899-12-30' + cast({text} as integer) "
        f"when regexp_full_match({text}, '\\d{{5}}[.]\\d+') "
        f"then date '1899-12-30' + cast(split_part({text}, '.', 1) as integer) "
        f"when strlen({text}) = 8 and regexp_full_match({text}, '\\d{{8}}') then cast(try_strptime({text}, '%Y%m%d') as date) "
        f"when regexp_full_match({tidy}, '{_DAY}') then cast(try_strptime({separated}, '%Y-%m-%d') as date) end"
    )


def month(text: str) -> str:
    """The first day of a month, or a day in it. ``2021.1`` is none: a number in a spreadsheet loses the 0 of
    October."""
    tidy = rf"regexp_replace({text}, '\s*([年月])\s*', '\1', 'g')"
    separated = f"regexp_replace(rtrim({tidy}, '月'), '[年/.]', '-', 'g')"
    return (
        f"case when regexp_full_match({text}, '\\d{{4}}-?\\d\\d') "
        f"then cast(try_strptime(replace({text}, '-', '') || '01', '%Y%m%d') as date) "
        f"when regexp_full_match({text}, '\\d{{4}}[.]1') then null "
        f"when regexp_full_match({tidy}, '{_MONTH}') then cast(try_strptime({separated} || '-1', '%Y-%m-%d') as date) "
        f"else {day(text)} end"
    )


def plausible(value: str) -> str:
    """A date if its year can be one of a register's."""
    return f"case when year({value}) between {EARLIEST_YEAR} and {LATEST_YEAR} then {value} end"


def boolean(text: str) -> str:
    words = {"true": ("是", "TRUE", "True", "√", "✓"), "false": ("否", "FALSE", "False", "×", "✗")}
    cases = [f"when {literal(word)} then {value}" for value, listed in words.items() for word in listed]
    return f"case {text} {' '.join(cases)} end"


def unit_code(text: str) -> str:
    """The digits of a unit code as ``ReportingUnits.by_code`` reads them: 12 digits and a leading 156 too."""
    return rf"regexp_replace({text}, '^(?:156)?(\d{{6}})(?:000000)?(?:[.]0+)?$', '\1')"


def listed(text: str, allowed: Iterable[str]) -> str:
    """The allowed value a text stands for, whatever its blanks and width; null when it stands for none."""
    cases = " ".join(f"when {literal(_half_width(value))} then {literal(value)}" for value in allowed)
    return f"case {text} {cases} end"


def _half_width(text: str) -> str:
    """What ``code_text`` makes of a text."""
    return "".join(text.translate(str.maketrans(_FULL, _HALF)).split())


def id_number(text: str) -> str:
    """An ID number (18) or disability certificate (20) of the right form; the check digit is not asked."""
    return f"case when regexp_full_match(upper({text}), '\\d{{17}}[0-9X](\\d\\d)?') then upper({text}) end"


def masked_name(value: str) -> str:
    """``张**``: the first character of a name, and a star for each further one, two at most, whoever's name it is: of a
    compound surname, or of a name with ·, more would say more of the person. One character, or what begins like no name
    in Chinese, shows nothing."""
    rest = f"repeat('*', least(length({value}) - 1, 2))"
    return (
        f"case when length({value}) = 1 then '*' "
        f"when regexp_matches({value}, '^\\p{{Han}}') then left({value}, 1) || {rest} else '**' end"
    )


def birth_year(value: str) -> str:
    year = f"try_cast(substr({value}, 7, 4) as integer)"
    return f"case when {year} between 1900 and {LATEST_YEAR} then {year} end"


def phone(text: str) -> str:
    """A mobile or landline number in one of the usual forms, else null."""
    return f"case when regexp_full_match({text}, '(1[3-9]\\d{{9}}|(0\\d{{2,3}}-?)?\\d{{7,8}}(-\\d+)?)') then {text} end"


def is_mobile(text: str) -> str:
    """True for a mobile number."""
    return f"regexp_full_match({text}, '1[3-9]\\d{{9}}')"


def no_error_cell(text: str) -> str:
    """Text, unless it is what a broken formula leaves behind."""
    cases = " ".join(f"when {literal(error)} then null" for error in ERROR_CELLS)
    return f"case when starts_with({text}, '#') then case {text} {cases} else {text} end else {text} end"
