"""The code of ``docs/reading.md``: its blocks, each with the answer that stands below it, and how each is run.

``python tests/reading_support.py HOME`` writes the answers anew from a published home; blocks that ask PostgreSQL need the
variables PGHOST … PGPASSWORD of one that holds it.
Belongs here: finding and running blocks. Does not belong here: what is expected of an answer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOC = ROOT / "docs" / "reading.md"
JDBC_DRIVER = "/usr/share/java/postgresql.jar"
_BLOCK = re.compile(
    r"^```(?P<language>sh|python|r|java)\n(?P<code>.*?)^```\n(?:\n```text\n(?P<answer>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_INTERPRETERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-W", "error", "-c"], "r": ["Rscript", "-e"]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """``needs``: published (the home alone), postgres, or client (programs that the suite does not install)."""

    language: str
    code: str
    answer: str
    line: int

    @property
    def needs(self) -> str:
        if self.language in ("r", "java") or self.code.startswith("isql"):
            return "client"
        return "postgres" if re.search(r"^psql|postgresql", self.code, re.MULTILINE) else "published"

    @property
    def name(self) -> str:
        return f"{self.language} at line {self.line}"


def blocks(text: str) -> list[Block]:
    """Every block that is run, in order."""
    return [
        Block(m["language"], m["code"], m["answer"] or "", text[: m.start()].count("\n") + 1)
        for m in _BLOCK.finditer(text)
    ]


def run(block: Block, home: Path, folder: Path, variables: dict[str, str] | None = None) -> str:
    """What the block prints, run in the home as the page says; raises RuntimeError with what it said when it fails.

    ``folder`` takes the file of a program that must be one."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "ZHENXING_HOME": str(home), "PATH": scripts, "LC_ALL": "C.UTF-8", **(variables or {})}  # fmt: skip
    if block.language == "java":
        source = folder / "Reading.java"
        source.write_text(block.code, encoding="utf-8")
        command = ["java", "-Dstdout.encoding=UTF-8", "-cp", JDBC_DRIVER, str(source)]
    else:
        command = [*_INTERPRETERS[block.language], block.code]
    done = subprocess.run(
        command, cwd=home, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode != 0:
        raise RuntimeError(f"{block.name}: {done.stdout}{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def with_answers(text: str, answers: dict[str, str]) -> str:
    """The page with these answers below the blocks of these codes."""

    def replaced(match: re.Match[str]) -> str:
        answer = answers.get(match["code"], match["answer"] or "")
        said = f"\n```text\n{answer}```\n" if answer else ""
        return f"```{match['language']}\n{match['code']}```\n{said}"

    return _BLOCK.sub(replaced, text)


if __name__ == "__main__":
    page = DOC.read_text(encoding="utf-8")
    found = {block.code: run(block, Path(sys.argv[1]).resolve(), Path.cwd()) for block in blocks(page)}
    DOC.write_text(with_answers(page, found), encoding="utf-8")
