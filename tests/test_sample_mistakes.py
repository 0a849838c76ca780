"""The sample's mistakes: the registry's contract, who makes them, what the command writes and where the answers lie."""

import json
from collections import Counter
from random import Random

import pytest

from expectations import catalogue
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import load_cards
from orchestration.home import PROJECT_ROOT, Home
from orchestration.receive.readers.unreadable import REASONS
from sample.command import REFUSED, Options, run
from sample.mistakes import _ALL, KINDS
from sample.mistakes.answers import COLUMNS, read_answers
from sample.mistakes.kind import FILE, WHOLE
from sample.mistakes.spread import spread

DATA = PROJECT_ROOT / "sample" / "data"
SMALL = {"units": DATA / "small_units.csv", "targets": DATA / "small_targets.csv"}
COVER_RULES = {"C-MISMATCH", "C-UNIT", "C-PERIOD", "C-CADENCE", "C-VERSION", "C-NOCOVER", "C-TWICE"}
KNOWN_RULES = {*catalogue(), *STRUCTURE, *REASONS, *COVER_RULES}
FORMATS = {f"61{number:04d}": "xlsx" for number in range(107)}


def test_there_are_at_least_forty_kinds_of_unique_keys():
    assert len(_ALL) >= 40
    assert len(KINDS) == len(_ALL)
    assert len({kind.name_zh for kind in _ALL}) == len(_ALL)


@pytest.mark.parametrize("kind", _ALL, ids=lambda kind: kind.key)
def test_a_kind_names_rules_that_exist_with_the_severity_it_expects(kind):
    assert not (kind.rules | kind.follows) - KNOWN_RULES
    if kind.severity == "clean":
        assert not kind.rules
        return
    severities = {
        **{code: rule.severity for code, rule in catalogue().items()},
        **{code: rule.severity for code, rule in STRUCTURE.items()},
    }
    assert kind.severity in {severities.get(code, "unreadable") for code in kind.rules}


@pytest.mark.parametrize("kind", _ALL, ids=lambda kind: kind.key)
def test_a_kind_does_one_thing_to_grids_or_to_bytes(kind):
    assert (kind.spoil is not None) == (kind.scope == FILE)
    assert (kind.apply is None) == (kind.scope == FILE)
    assert kind.dataset is None or kind.dataset in load_cards()


def test_a_full_province_has_each_kind_and_leaves_counties_clean():
    allotments = spread(FORMATS, _ALL, Random(1))
    counted = Counter(key for allotment in allotments.values() for key in allotment.inside)
    assert set(counted) == set(KINDS)
    assert len(allotments) == 60
    assert not any(allotment.beside for allotment in allotments.values())


def test_no_county_has_two_mistakes_in_one_dataset():
    for allotment in spread(FORMATS, _ALL, Random(2)).values():
        slots = [KINDS[key].slot for key in allotment.inside]
        assert len(set(slots)) == len(slots)


def test_what_spoils_a_whole_workbook_is_alone_in_it():
    for allotment in spread(FORMATS, _ALL, Random(3)).values():
        if any(KINDS[key].scope in (WHOLE, FILE) for key in allotment.inside):
            assert len(allotment.inside) == 1


def test_few_counties_get_useless_files_beside_their_workbooks():
    allotments = spread(dict(list(FORMATS.items())[:3]), _ALL, Random(4))
    assert len(allotments) == 2
    beside = {key for allotment in allotments.values() for key in allotment.beside}
    assert beside == {kind.key for kind in _ALL if kind.refused}


def test_the_spread_is_the_same_for_the_same_chance():
    assert spread(FORMATS, _ALL, Random(5)) == spread(FORMATS, _ALL, Random(5))


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory) -> Home:
    """The small province with mistakes."""
    home = Home(tmp_path_factory.mktemp("mistaken"))
    assert run(home, Options(**SMALL, mistakes=True), as_json=True) == 0
    return home


def test_the_answers_lie_outside_of_what_the_pipeline_reads(mistaken):
    answers = mistaken.root / "var" / "sample" / "answers_2021-08.csv"
    assert answers.read_text(encoding="utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert not [path for path in mistaken.inbox.rglob("*") if "answer" in path.name or path.name[0] == "."]


def test_every_answer_is_of_a_file_in_the_inbox(mistaken):
    answers = read_answers(mistaken.root / "var" / "sample" / "answers_2021-08.csv")
    assert len({answer.kind for answer in answers}) >= 30
    assert all((mistaken.inbox / answer.file).exists() for answer in answers)


def test_the_same_seed_makes_the_same_mistakes_to_the_byte(mistaken, tmp_path):
    again = Home(tmp_path)
    run(again, Options(**SMALL, mistakes=True), as_json=True)
    for path in mistaken.inbox.iterdir():
        assert (again.inbox / path.name).read_bytes() == path.read_bytes()
    answers = "var/sample/answers_2021-08.csv"
    assert (again.root / answers).read_bytes() == (mistaken.root / answers).read_bytes()


def test_counties_without_mistakes_send_what_they_always_send(mistaken, tmp_path):
    sound = Home(tmp_path)
    run(sound, Options(**SMALL), as_json=True)
    answers = read_answers(mistaken.root / "var" / "sample" / "answers_2021-08.csv")
    clean = {path.name for path in sound.inbox.iterdir()} - {answer.file for answer in answers}
    assert len(clean) == 2
    for name in clean:
        assert (sound.inbox / name).read_bytes() == (mistaken.inbox / name).read_bytes()
    assert not (sound.root / "var").exists()


def test_kinds_can_be_asked_for_by_name(tmp_path, capsys):
    home, answers = Home(tmp_path / "home"), tmp_path / "answers.csv"
    keys = ("loan_above_limit", "file_empty")
    run(home, Options(**SMALL, mistakes=True, mistakes_kinds=keys, answers=answers), as_json=True)
    assert {answer.kind for answer in read_answers(answers)} == set(keys)
    assert json.loads(capsys.readouterr().out)["mistakes"]["left_out"] == []


def test_a_kind_nobody_knows_is_refused(tmp_path, capsys):
    options = Options(**SMALL, mistakes=True, mistakes_kinds=("no_such_kind",))
    assert run(Home(tmp_path), options) == REFUSED
    assert "no_such_kind" in capsys.readouterr().out


def test_answers_among_the_workbooks_are_refused(tmp_path, capsys):
    home = Home(tmp_path)
    options = Options(**SMALL, mistakes=True, answers=home.inbox / "answers.csv")
    assert run(home, options) == REFUSED
    assert "答案" in capsys.readouterr().out
