"""Personal numbers where none belongs: planted all over a workbook, they are in nothing that a night or a check makes.

What may hold them is what the sender sent: the archive, the marked workbook, a template carried over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_edits import LANTIAN
from pipeline_support import PERIOD, Register, night, send_version, small_home, workbook_of, write_sample

from orchestration.cards import Card, Column, load_cards
from orchestration.cli import main
from orchestration.home import Home
from orchestration.personal import HIDDEN, hide, hide_in

ID_NUMBER, DISABLED, MOBILE = "000000198503071000", "00000019850307100X43", "13900000000"


@pytest.mark.parametrize(
    "text",
    [
        ID_NUMBER,
        "00000019850307100x",
        DISABLED,
        "000000 19850307 1000",
        "000000-1985-0307-1000",
        "００００００１９８５０３０７１０００",
        MOBILE,
        "139-0000-0000",
        "139 0000 0000",
        "１３９００００００００",
        "1 3 9 0 0 0 0 0 0 0 0",
    ],
)
def test_a_personal_number_is_hidden_in_any_writing(text: str):
    assert hide(f"户主{text},已核") == f"户主{HIDDEN},已核"


@pytest.mark.parametrize(
    "text",
    [
        "610922202100000017",  # a project
        "6109222021000030",  # a loan
        "996109220000000020",  # a company
        "139000000001",
        "13900000000元",
        "13900000000.5",
        "2021-08-05 至 2021-08-06",
        "029-12345678",
    ],
)
def test_other_numbers_stay(text: str):
    assert hide(text) == text


@given(st.lists(st.one_of(st.none(), st.text("01389X- 户139元.", max_size=30)), max_size=8))
def test_arrays_are_hidden_as_texts_are(texts: list[str | None]):
    hidden = [text if text is None else hide(text) for text in texts]
    assert hide_in(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist() == hidden


@dataclass(repr=False)
class Planted:
    home: Home
    numbers: dict[str, str]  # where each was planted
    said: str  # by the commands


class _Numbers:
    """Personal numbers, each another, that belong to nobody: no place has code 000000."""

    def __init__(self) -> None:
        self.where: dict[str, str] = {}

    def id_number(self, where: str) -> str:
        count = len(self.where)
        return self._keep(f"0000001985{1 + count % 12:02d}{1 + count % 28:02d}{count:03d}X", where)

    def mobile(self, where: str) -> str:
        return self._keep(f"139{10_000_000 + 37 * len(self.where)}", where)

    def _keep(self, number: str, where: str) -> str:
        self.where[number] = where
        return number


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Planted:
    home = small_home(tmp_path_factory.mktemp("privacy"))
    write_sample(home.inbox)
    night(home)
    numbers = _Numbers()
    send_version(home, LANTIAN, 2, {}, lambda workbook: _plant(workbook, numbers))
    sent = home.inbox / f"{LANTIAN}_蓝田县_{PERIOD}_v2.xlsx"
    named = f"{numbers.id_number('file name')}_{numbers.mobile('file name')}.xlsx"
    sent = sent.rename(sent.with_name(f"{LANTIAN}_v2_{named}"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(home.root))
        said = _said(
            request,
            ["check", str(sent)],
            ["check", str(sent), "--json"],
            ["nightly"],
            ["status", "--unit", LANTIAN],
            ["nightly", "--as-of", "2099-01-01"],
            ["rules", "preview", "R-SUM-1", "--json"],
        )
    return Planted(home, numbers.where, said)


def _said(request: pytest.FixtureRequest, *commands: list[str]) -> str:
    """All that the commands print."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    capture.read_global_capture()
    for command in commands:
        main(command)
    return "".join(capture.read_global_capture())


def _sheet(dataset: str) -> str:
    return load_cards()[dataset].sheet


def _plant(workbook: openpyxl.Workbook, numbers: _Numbers) -> None:
    for card in load_cards().values():
        if card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            for place, column in enumerate(column for column in card.sheet_columns if not column.personal):
                _plant_column(register, card, column, place, numbers)
    projects = workbook[_sheet("projects")]
    header = Register(projects, load_cards()["projects"]).rows[0] - 1
    projects.cell(header, projects.max_column + 1).value = f"联系人{numbers.mobile('header')}"
    workbook.create_sheet(numbers.id_number("sheet name"))["A1"] = "x"
    for row in workbook["封面"].iter_rows():
        for cell in row:
            if str(cell.value).startswith(("填报人", "模板版本")):
                workbook["封面"].cell(cell.row, cell.column + 1).value = numbers.mobile("cover")


def _plant_column(register: Register, card: Card, column: Column, place: int, numbers: _Numbers) -> None:
    """An ID number into one row, a mobile phone into the next."""
    rows, where = register.rows, f"{card.dataset}.{column.name}"
    register.write(rows[2 * place % len(rows)], column.name, numbers.id_number(where))
    if column.name not in {other.unit_from and other.name for other in card.columns}:
        register.write(rows[(2 * place + 1) % len(rows)], column.name, numbers.mobile(where))


def test_a_planted_number_reaches_nothing_that_was_made(planted: Planted):
    assert len(planted.numbers) > 150
    found = {
        (number, where): place
        for place, text in _made(planted.home)
        for number, where in planted.numbers.items()
        if number in text
    }
    assert found == {}


def _made(home: Home) -> Iterator[tuple[str, str]]:
    """The name and the content of every file of ``var`` that is not the sender's own."""
    for path in (home.root / "var").rglob("*"):
        yield "a file name", path.name
        if path.suffix == ".parquet":
            yield path.name, _content(f"from read_parquet('{path}', hive_partitioning = false)")
        elif path.suffix == ".duckdb":
            yield from _tables(path)
        elif path.is_file() and path.suffix != ".xlsx":
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        for schema, name in names:
            yield f"{path.name} {schema}.{name}", _content(f'from "{schema}"."{name}"', connection)


def _content(query: str, connection: duckdb.DuckDBPyConnection | None = None) -> str:
    return str((connection or duckdb).execute(query).fetchall())


def test_a_planted_number_is_in_nothing_that_a_command_says(planted: Planted):
    assert HIDDEN in planted.said
    assert [number for number in planted.numbers if number in planted.said] == []


def test_a_code_that_is_an_id_number_stays_a_key(planted: Planted):
    rows = duckdb.execute(
        "select contract_no from read_parquet(?) where regexp_full_match(contract_no, '[0-9a-f]{32}')",
        [str(planted.home.lake / "microcredit" / "*" / "*.parquet")],
    ).fetchall()
    assert len(set(rows)) == 2


def test_names_swapped_with_a_number_are_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture):
    home = small_home(tmp_path)
    write_sample(home.inbox)
    workbook = openpyxl.load_workbook(workbook_of(home, LANTIAN))
    register = Register(workbook[_sheet("monitored_households")], load_cards()["monitored_households"])
    names = [register.text(row, "head_name") for row in register.rows]
    for row in register.rows:
        name, members = register.text(row, "head_name"), register.text(row, "members")
        register.write(row, "head_name", members)
        register.write(row, "members", name)
    workbook.save(tmp_path / "换.xlsx")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "换.xlsx"), "--json"]) == 1
    said = capsys.readouterr().out
    assert "S-SWAPPED" in {problem["rule"] for problem in json.loads(said)["files"][0]["problems"]}
    assert [name for name in names if name in said] == []
