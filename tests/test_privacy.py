"""Personal values that belong to nobody, planted all over workbooks: they are in nothing that nights and commands make.

What may hold them is what the sender sent: the archive, the marked workbook, a template carried over.
"""

from __future__ import annotations

import base64
import json
import os
import re
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from land_support import clean_rows, good_row
from pipeline_edits import LANTIAN, SHIQUAN
from pipeline_support import PERIOD, Register, night, send_version, small_home, workbook_of, write_sample
from privacy_support import Planted, everything_in, plant_everywhere, plant_quietly, values_in

from orchestration.cards import load_cards
from orchestration.cli import main
from orchestration.home import WARNING_LIST, Home
from orchestration.land import clean as cleaning
from orchestration.periods import SHANGHAI
from orchestration.permissions import READERS, exposed, private_roots
from orchestration.personal import HIDDEN, hide, hide_in

ID_NUMBER, DISABLED, MOBILE = "000000198503071000", "00000019850307100X43", "13900000000"
CARD = "6217990000000000014"


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
        CARD,
        "6217 9900 0000 0000 014",
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
        "6217990000000000010",  # 19 digits, but no card
        "6109222021000000014",
    ],
)
def test_other_numbers_stay(text: str):
    assert hide(text) == text


@given(st.lists(st.one_of(st.none(), st.text("01389X- 户139元.", max_size=30)), max_size=8))
def test_arrays_are_hidden_as_texts_are(texts: list[str | None]):
    hidden = [text if text is None else hide(text) for text in texts]
    assert hide_in(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist() == hidden


@dataclass(repr=False)
class Night:
    """A home after its nights, what was planted in its workbooks, and what the commands said."""

    home: Home
    planted: Planted
    said: str


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Night]:
    """Nights run by a careless shell in a folder with an awkward name."""
    before = os.umask(0)
    try:
        yield _nights(tmp_path_factory.mktemp("privacy") / "省's 数据", request)
    finally:
        os.umask(before)


def _nights(root: Path, request: pytest.FixtureRequest) -> Night:
    home, planted = small_home(root), Planted()
    write_sample(home.inbox)
    night(home)
    send_version(home, SHIQUAN, 2, {}, lambda workbook: plant_quietly(workbook, planted))
    send_version(home, LANTIAN, 2, {}, lambda workbook: plant_everywhere(workbook, planted))
    sent = home.inbox / f"{LANTIAN}_蓝田县_{PERIOD}_v2.xlsx"
    named = f"{planted.id_number('file name')}_{planted.mobile('file name')}_{planted.bank_card('file name')}.xlsx"
    sent = sent.rename(sent.with_name(f"{LANTIAN}_v2_{named}"))
    unreadable = home.inbox / f"{planted.mobile('name of an unreadable file')}.xlsx"
    unreadable.write_bytes(b"PK\x03\x04" + planted.any("unreadable").encode())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(home.root))
        said = _said(
            request,
            ["check", str(sent), str(unreadable), "--out", str(root / "var" / "checked")],
            ["nightly"],
            ["nightly", "--json"],
            ["status", "--unit", LANTIAN],
            ["status", "--json"],
            ["nightly", "--as-of", datetime.now(SHANGHAI).date().isoformat()],
            ["rules", "preview", "R-SUM-1", "--json"],
            ["trace", "监测对象总户数", "--period", PERIOD, "--full"],
            ["trace", "--reaches", f"{SHIQUAN}_石泉县_{PERIOD}_v2.xlsx", "--json"],
            ["why", "--json"],
            ["why"],
            ["warnings", "--period", PERIOD, "--unit", SHIQUAN],
            ["warnings", "--period", PERIOD, "--json"],
            ["restatements", "--json"],
            ["publications", "--check"],
            ["bulletin", "--period", PERIOD, "--all"],
            ["export", "--period", PERIOD],
            ["export", "--period", PERIOD, "--format", "csv"],
            ["export", "--period", PERIOD, "--format", "parquet"],
            ["alerts", "--preview", "--json"],
            ["remind", "--preview"],
            ["scrub"],
            ["reland", "--period", PERIOD],
        )
    return Night(home, planted, said)


def _said(request: pytest.FixtureRequest, *commands: list[str]) -> str:
    """All that the commands print, and what they were."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    capture.read_global_capture()
    said = []
    for command in commands:
        code = main(command)
        out, err = capture.read_global_capture()
        assert code in (0, 1) or command[0] == "check", f"{command}: {out}{err}"
        said.append(out + err)
    return "".join(said)


def test_no_persons_value_reaches_anything_that_was_made(after: Night):
    """What was planted, and every ID number and phone that the sample has in the columns that ask for them."""
    values, people = set(after.planted.where), _people(after.home)
    assert len(values) > 400 and len(people) > 100
    numbers = re.compile(rb"(?<!\d)(?:\d{17}[\dX]|1\d{10})(?!\d)")
    found = set()
    for path in _made(after.home):
        for place, content in everything_in(path):
            found |= {(value, after.planted.where[value], place) for value in values_in(content, values)}
            found |= {(number, "", place) for number in set(numbers.findall(content)) & people}
    assert found == set()


def _people(home: Home) -> set[bytes]:
    found = set()
    for path in home.inbox.glob(f"6*_{PERIOD}.xlsx"):
        workbook = openpyxl.load_workbook(path)
        for card in load_cards().values():
            columns = [column for column in card.sheet_columns if column.personal in ("phone", "id_number")]
            if columns and card.sheet in workbook.sheetnames:
                register = Register(workbook[card.sheet], card)
                found |= {register.text(row, c.name).encode() for row in register.rows for c in columns}
    return found - {b""}


def _made(home: Home) -> Iterator[Path]:
    """Every file of ``var`` but the workbooks that go back to their sender; one with several names once."""
    seen = set()
    for path in sorted((home.root / "var").rglob("*")):
        own = path.is_relative_to(home.receipts) or path.is_relative_to(home.root / "var" / "checked")
        new = path.stat().st_ino not in seen
        seen.add(path.stat().st_ino)
        if new and path.is_file() and not (own and path.suffix == ".xlsx" and path.name != WARNING_LIST):
            yield path


def test_the_search_finds_a_value_wherever_it_hides(tmp_path: Path):
    planted = Planted()
    number, name = planted.id_number("x"), planted.name("x")
    texts = [
        number,
        f"户主{name}。",
        number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")),
    ]
    for place, text in enumerate(texts):
        value = name if place == 1 else number
        for encoding in ("utf-8", "utf-16", "gbk" if place != 1 else "gb18030"):
            assert values_in(b"..." + text.encode(encoding), planted.where) == {value}
        for before in range(4):
            encoded = base64.b64encode(b"a" * before + text.encode() + b"and more")
            assert values_in(encoded, planted.where) == {value}
        assert values_in(json.dumps({"a": text}).encode(), planted.where) == {value}
    duckdb.execute(
        "copy (select ? as a) to '" + str(tmp_path / "x.parquet") + "' (compression zstd)", [number]
    )
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("create table t as select ? as a", [number])
    with zipfile.ZipFile(tmp_path / "x.docx", "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("document.xml", number)
    for path in tmp_path.iterdir():
        assert any(values_in(content, planted.where) for _, content in everything_in(path)), path.name


def test_a_planted_value_is_in_nothing_that_a_command_says(after: Night):
    assert HIDDEN in after.said
    assert values_in(after.said.encode(), after.planted.where) == set()


def test_what_was_planted_quietly_was_published(after: Night):
    with duckdb.connect(str(after.home.warehouse), read_only=True) as connection:
        told = connection.execute(
            "select count(*) from marts.fct_projects where contains(performance_target, ?)", [HIDDEN]
        ).fetchone()
        status = connection.execute(
            "select status from marts.dim_submission where unit_code = ? and version = 2", [SHIQUAN]
        ).fetchall()
    assert told[0] >= 3 and status == [("accepted",)]
    masked = pq.read_table(after.home.lake / "monitored_households", columns=["head_name"])["head_name"]
    assert "龘**" in masked.to_pylist()


def test_only_readers_places_are_open_to_others(after: Night):
    """The shell of these nights lets everybody read and write everything."""
    var = after.home.root / "var"
    assert exposed(after.home) == []
    for root in private_roots(after.home):
        if root.name != "checked":
            assert {oct(path.lstat().st_mode & 0o077) for path in (root, *root.rglob("*"))} == {"0o0"}, root
    for name in READERS:
        for path in (var / name).rglob("*"):
            mode = path.stat().st_mode & 0o777
            assert path.name == ".lock" or mode == (0o755 if path.is_dir() else 0o644), (path, oct(mode))


def test_a_code_that_is_an_id_number_stays_a_key(after: Night):
    rows = duckdb.execute(
        "select contract_no from read_parquet(?) where regexp_full_match(contract_no, '[0-9a-f]{32}')",
        [str(after.home.lake / "microcredit" / "*" / "*.parquet")],
    ).fetchall()
    assert len(set(rows)) == 2


def test_names_swapped_with_a_number_are_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture):
    home = small_home(tmp_path)
    write_sample(home.inbox)
    workbook = openpyxl.load_workbook(workbook_of(home, LANTIAN))
    card = load_cards()["monitored_households"]
    register = Register(workbook[card.sheet], card)
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


def test_an_error_of_the_database_quotes_no_cell(monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise duckdb.ConversionException(f"Could not convert string '{ID_NUMBER}' to INT32")

    monkeypatch.setattr(cleaning, "_judge", fails)
    with pytest.raises(cleaning.CleanFailed) as failed:
        clean_rows("microcredit", [good_row(load_cards()["microcredit"])])
    told = "".join(traceback.format_exception(failed.value))
    assert "microcredit: ConversionException" in told and ID_NUMBER not in told
