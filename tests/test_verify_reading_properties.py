"""Reading articles, held to what must be so for any number and any text."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orchestration.report.verify.numbers import SCALES, in_words
from orchestration.report.verify.quantities import read_quantities
from orchestration.report.verify.text import decode, read_text, simplified

WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
ANYTHING = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("零一两十百千万亿0123456789.,，、()（）&;<>p#*\n 　年月日第个户%多近至"),
    )
)
COUNTS = st.integers(0, 10**9)


@given(
    COUNTS,
    st.integers(0, 3),
    st.sampled_from(("", "万", "亿", "百万", "千亿", "%", "‰")),
    st.booleans(),
    st.booleans(),
)
def test_a_printed_number_reads_back(digits, decimals, scale, wide, grouped):
    number = Decimal(digits).scaleb(-decimals)
    written = f"{number:,f}" if grouped else f"{number:f}"
    written += scale + ("" if scale in ("%", "‰") else "户")
    written = written.translate(WIDE) if wide else written
    (found,) = read_quantities(read_text(f"共有{written}。"))
    half = 0 if not decimals and not scale else SCALES[scale].scaleb(-decimals) / 2
    assert (found.text, found.value) == (written, number * SCALES[scale])
    assert (found.low, found.high) == (found.value - half, found.value + half)


@given(st.integers(1, 99_999_999))
def test_a_number_in_words_reads_back(number):
    assert in_words(chinese(number)) == (number, 0)


@given(st.integers(2, 99_999_999).filter(lambda n: n not in (10**4, 10**3)))
def test_a_count_in_words_is_a_figure(number):
    (found,) = read_quantities(read_text(f"共有{chinese(number)}户。"))
    assert (found.text, found.value, found.in_words) == (f"{chinese(number)}户", number, True)


@given(ANYTHING)
def test_any_text_is_read_and_the_index_map_points_into_it(original):
    text = read_text(original)
    assert len(text.origin) == len(text.ends) == len(text.plain)
    assert all(0 <= start < end <= len(original) for start, end in zip(text.origin, text.ends, strict=True))
    assert list(text.origin) == sorted(text.origin)
    for quantity in read_quantities(text):
        assert quantity.text == text.slice(quantity.start, quantity.end) and quantity.text in original
        assert quantity.low <= quantity.high


@given(st.text(alphabet="监測對象户人万0123456789,。"))
def test_characters_that_stay_are_those_of_the_original(original):
    text = read_text(original)
    assert all(simplified(text.slice(i, i + 1)) == character for i, character in enumerate(text.plain))


@given(ANYTHING)
def test_reading_a_plain_text_again_changes_nothing(original):
    plain = read_text(original).plain
    assert read_text(plain).plain == plain


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded(data):
    read_text(decode(data))


def chinese(number: int) -> str:
    """A number in words as it is written by the book: 一万零三百二十."""
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return chinese(high) + "万" + (("零" if low < 1000 else "") + chinese(low) if low else "")
    said, gap = "", False
    for step, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, step)
        if digit:
            said += ("零" if gap else "") + "一二三四五六七八九"[digit - 1] + word
            gap = False
        elif said:
            gap = True
    return said
