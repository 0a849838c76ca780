"""``zhenxing verify`` as its users call it: exit codes, the shape of --json, places in the original text, what it writes."""

from __future__ import annotations

import json

import pytest
from docx import Document
from verify_support import ARTICLE, ARTICLES, AUGUST, judged, published

from orchestration.cli import main
from orchestration.report.verify import published as reading
from orchestration.report.verify.published import NoPublishedFigures

FIELDS = {"text", "phrase", "value", "unit", "figure_key", "verdict", "warehouse_value", "start", "end"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home whose published figures are the table of the tests; the current folder is its own."""
    root = tmp_path / "home"
    (root / "var" / "published").mkdir(parents=True)
    (root / "var" / "published" / "warehouse.duckdb").touch()
    monkeypatch.setenv("ZHENXING_HOME", str(root))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reading, "read_published", lambda *_: published())
    return tmp_path


def _file(home, text: str):
    path = home / "通报.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


def test_a_right_article_ends_with_0_and_writes_its_page(home, capsys):
    assert main(["verify", _file(home, ARTICLE), "--period", AUGUST.key]) == 0
    assert "通报_核对.html" in capsys.readouterr().out
    assert "61 个数字" in (home / "通报_核对.html").read_text(encoding="utf-8")


def test_a_wrong_article_ends_with_1_and_names_the_published_value(home, capsys):
    wrong = _file(home, ARTICLE.replace("25155名", "25165名"))
    assert main(["verify", wrong, "--period", AUGUST.key]) == 1
    assert "25155名" in capsys.readouterr().out


def test_an_article_nobody_knows_anything_of_is_not_wrong(home):
    assert main(["verify", _file(home, "粮食产量1200万吨。"), "--period", AUGUST.key]) == 0


@pytest.mark.parametrize("data", [b"", b" \n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_a_file_without_text_ends_with_2(home, data, capsys):
    path = home / "x.docx"
    path.write_bytes(data)
    assert main(["verify", str(path), "--period", AUGUST.key]) == 2
    assert main(["verify", str(home / "none.txt"), "--period", AUGUST.key]) == 2
    assert "文稿" in capsys.readouterr().err


def test_a_warehouse_without_the_period_is_said_in_chinese(home, monkeypatch, capsys):
    def none(*_):
        raise NoPublishedFigures("已发布的数据仓库没有 2021-09 的指标")

    monkeypatch.setattr(reading, "read_published", none)
    assert main(["verify", _file(home, ARTICLE), "--period", "2021-09"]) != 0
    assert "没有 2021-09 的指标" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["2021-08_bulletin.txt", "press_traditional.txt", "mirror_page.html"])
def test_json_has_every_field_and_places_in_the_original(home, capsys, name):
    text = (ARTICLES / name).read_text(encoding="utf-8")
    main(["verify", _file(home, text), "--period", AUGUST.key, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["figures"]
    for figure in answer["figures"]:
        assert figure.keys() >= FIELDS
        assert text[figure["start"] : figure["end"]] == figure["text"]
    assert answer["summary"]["figures"] == len(answer["figures"])
    assert not list(home.glob("*_核对.html"))


def test_json_states_what_the_text_says_between_its_figures(home, capsys):
    main(["verify", _file(home, ARTICLE.replace("17950个", "17850个")), "--period", AUGUST.key, "--json"])
    answer = json.loads(capsys.readouterr().out)
    broken = [one for one in answer["statements"] if not one["holds"]]
    assert [one["kind"] for one in broken] == ["ratio"]
    assert "projects_started" in broken[0]["figure_keys"]


def test_an_article_in_word_is_read_like_its_text(home, capsys):
    document = Document()
    for line in ARTICLE.splitlines():
        document.add_paragraph(line)
    document.save(str(home / "通报.docx"))
    assert main(["verify", str(home / "通报.docx"), "--period", AUGUST.key, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["summary"]
    assert said["confirmed"] == judged(ARTICLE).counts["confirmed"]
