"""The docs say what the project is: reference pages are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from expectations import every_rule
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import load_cards
from orchestration.home import PROJECT_ROOT
from orchestration.indicators import load_indicators, load_sections
from orchestration.report.reference import (
    DATASETS,
    INDICATORS,
    RULES,
    WARNINGS,
    datasets_page,
    indicators_page,
    rules_page,
    warnings_page,
)
from orchestration.warning_rules import income_lines, load_warnings

PAGES = [
    PROJECT_ROOT / "README.md",
    PROJECT_ROOT / "README.zh-CN.md",
    *sorted((PROJECT_ROOT / "docs").rglob("*.md")),
]


def test_the_page_of_datasets_is_what_the_cards_say():
    assert DATASETS.read_text(encoding="utf-8") == datasets_page(load_cards().values())


def test_the_page_of_indicators_is_what_the_dictionary_says():
    page = indicators_page(load_indicators().values(), load_sections().values())
    assert INDICATORS.read_text(encoding="utf-8") == page
    assert all(f"| `{key}` |" in page for key in load_indicators())


def test_the_page_of_rules_is_what_the_catalogue_says():
    assert RULES.read_text(encoding="utf-8") == rules_page(every_rule().values(), STRUCTURE.values())


def test_the_page_of_warnings_is_what_their_declaration_says():
    assert WARNINGS.read_text(encoding="utf-8") == warnings_page(load_warnings().values(), income_lines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_docs_leads_to_a_file(page):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith("http")]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_of_the_docs_exists(page):
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets


def test_every_zhenxing_command_of_the_docs_exists():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?:`|^)zhenxing ([a-z]+)", text, re.MULTILINE))
    zhenxing = Path(sys.executable).with_name("zhenxing")
    told = subprocess.run([zhenxing, "--help"], capture_output=True, text=True, check=True).stdout
    assert named
    assert [name for name in sorted(named) if not re.search(rf"^│ {name} ", told, re.MULTILINE)] == []


def test_make_alone_lists_every_target_with_its_purpose():
    listed = subprocess.run(["make", "-C", PROJECT_ROOT], capture_output=True, text=True, check=True).stdout
    for target in ("nightly", "test", "dev", "bench", "lint"):
        assert re.search(rf"^{target} +\S", listed, re.MULTILINE)
