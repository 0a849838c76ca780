"""Each kind of mistake changes the workbook it is made in, in the cells it says and in no other register's."""

from copy import deepcopy
from itertools import pairwise
from pathlib import Path

import pytest

from orchestration.home import PROJECT_ROOT
from orchestration.layout import COVER_SHEET
from orchestration.periods import parse_period
from orchestration.ranges import expand, parts_of
from orchestration.receive.readers import read_workbook
from orchestration.units import ReportingUnits
from sample.dates import Scene
from sample.goals import exact_goals
from sample.mistakes import _ALL, KINDS
from sample.mistakes.book import Book, shown
from sample.mistakes.inject import as_lists, make_mistakes
from sample.mistakes.kind import FILE, SHEET
from sample.plan import make_plan
from sample.stated import rows, totals
from sample.targets import DEFAULT, read_targets
from sample.unit_registers import County
from sample.write.files import SUFFIXES, as_bytes
from sample.write.layout import Sender, workbook

DATA = PROJECT_ROOT / "sample" / "data"
PERIOD = parse_period("2021-08")
SCENE = Scene(PERIOD.end, 2021)
OF_GRIDS = [kind for kind in _ALL if kind.scope != FILE]
OF_FILES = [kind for kind in _ALL if kind.scope == FILE]

Cells = dict[tuple[str, int, int], str]


@pytest.fixture(scope="module")
def units() -> ReportingUnits:
    return ReportingUnits(DATA / "small_units.csv")


@pytest.fixture(scope="module")
def county(units) -> County:
    goals = exact_goals(read_targets(DATA / "small_targets.csv"), read_targets(DEFAULT))
    plan = make_plan(units, set(), goals, SCENE)
    return County.grow(next(county for county in plan.counties if county.code == "611024"), SCENE)


@pytest.fixture(scope="module")
def sound(county, units) -> Book:
    """The county's workbook of the month, without mistakes."""
    unit = units.by_code("611024")

    def grids(period):
        registers = county.registers(period)
        stated = rows(totals(registers, period.key), "county", "month")
        return as_lists(workbook(Sender(unit, unit.code, unit.name), period, registers, stated, SCENE))

    return Book(grids(PERIOD), unit, PERIOD, units.by_code("610122"), lambda: grids(parse_period("2021-07")))


@pytest.fixture
def book(sound) -> Book:
    return Book(deepcopy(sound.grids), sound.unit, sound.period, sound.neighbour, sound.earlier)


def cells(book: Book) -> Cells:
    return {
        (grid.name, row, column): shown(cell)
        for grid in book.grids
        for row, line in enumerate(grid.rows, 1)
        for column, cell in enumerate(line)
    }


def changed(before: Cells, after: Cells) -> set[tuple[str, int, int]]:
    return {place for place in {*before, *after} if before.get(place, "") != after.get(place, "")}


@pytest.mark.parametrize("kind", OF_GRIDS, ids=lambda kind: kind.key)
def test_a_mistake_changes_the_sheet_it_says_it_changes(kind, book):
    before, hidden = cells(book), [grid.hidden_rows for grid in book.grids]
    ((_, touched),) = make_mistakes(book, [kind], SCENE)
    places = changed(before, cells(book))
    assert places or [grid.hidden_rows for grid in book.grids] != hidden
    assert touched.done
    if kind.scope == SHEET and "!" not in "".join(touched.also[:1]):
        assert {sheet for sheet, _, _ in places} <= {touched.sheet}


@pytest.mark.parametrize("kind", OF_GRIDS, ids=lambda kind: kind.key)
def test_the_cells_named_are_cells_of_the_sheet_that_changed(kind, book, sound):
    ((_, touched),) = make_mistakes(book, [kind], SCENE)
    if not touched.cells:
        return
    grid = book.grid(touched.sheet)
    named = [parts_of(cell) for cell in expand(touched.cells)]
    assert all(row <= len(grid.rows) for _, row in named)
    if len(grid.rows) == len(sound.grid(touched.sheet).rows) and not grid.hidden_rows:
        moved = {(row, column) for sheet, row, column in changed(cells(sound), cells(book))}
        assert any((row, index(letters)) in moved for letters, row in named)


def index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@pytest.mark.parametrize("kind", OF_GRIDS, ids=lambda kind: kind.key)
def test_a_mistake_is_the_same_for_the_same_seed(kind, sound):
    made = []
    for _ in range(2):
        book = Book(deepcopy(sound.grids), sound.unit, sound.period, sound.neighbour, sound.earlier)
        made.append((make_mistakes(book, [kind], SCENE), cells(book)))
    assert all(one == other for one, other in pairwise(made))


@pytest.mark.parametrize("kind", OF_GRIDS, ids=lambda kind: kind.key)
def test_a_workbook_with_a_mistake_can_be_written_in_its_formats(kind, book):
    make_mistakes(book, [kind], SCENE)
    for file_format in sorted(kind.formats):
        assert as_bytes(book.grids, file_format)


@pytest.mark.parametrize("file_format", SUFFIXES)
def test_a_broken_cell_and_hidden_rows_are_read_back_as_such(file_format, book, tmp_path):
    broken, hidden = make_mistakes(book, [KINDS["error_cell"], KINDS["rows_hidden"]], SCENE)
    path = tmp_path / f"book{SUFFIXES[file_format]}"
    path.write_bytes(as_bytes(book.grids, file_format))
    sheets = {sheet.name: sheet for sheet in read_workbook(path).sheets}
    letters, row = parts_of(broken[1].cells[0])
    assert sheets[broken[1].sheet].rows[row][index(letters)] == "#REF!"
    rows = {row for _, row in map(parts_of, expand(hidden[1].cells))}
    # A CSV shows no row hidden: the kind is made in workbooks alone.
    assert sheets[hidden[1].sheet].hidden_rows == (rows if file_format != "csv_bundle" else frozenset())


@pytest.mark.parametrize("kind", OF_FILES, ids=lambda kind: kind.key)
def test_a_spoilt_file_is_not_the_sound_one(kind, book):
    content = as_bytes(book.grids, "xlsx")
    spoilt = kind.spoil(content, book, "xlsx")
    assert spoilt.content != content
    assert spoilt.suffix.startswith(".")


def test_a_mistake_without_a_fitting_row_changes_nothing(book):
    register = book.register("microcredit")
    del register.grid.rows[register.rows[0] : register.rows[-1] + 1]
    before = cells(book)
    assert make_mistakes(book, [KINDS["loan_above_limit"]], SCENE) == []
    assert cells(book) == before


def test_personal_numbers_are_not_told(book):
    register = book.register("monitored_households")
    numbers = {register.text(row, "head_id_no") for row in register.rows}
    ((_, touched),) = make_mistakes(book, [KINDS["id_of_17_digits"]], SCENE)
    assert not any(number[:17] in touched.done for number in numbers)


def test_the_cover_keeps_its_own_month_over_last_months_sheets(book):
    make_mistakes(book, [KINDS["workbook_of_last_month"]], SCENE)
    notes = {str(grid.rows[1][0]) for grid in book.grids if grid.name != COVER_SHEET and not grid.hidden}
    assert all("2021-07" in note for note in notes)
    assert "2021-08" in {shown(cell) for row in book.grid(COVER_SHEET).rows for cell in row}


def test_nothing_of_the_pipeline_imports_the_sample():
    for package in ("orchestration", "expectations", "dbt_project"):
        for path in Path(PROJECT_ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "from sample" not in text, path
            assert "import sample" not in text, path
