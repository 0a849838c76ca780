"""An article as a file: its text, whatever it was written with. Belongs here: bytes to text. Does not belong here: reading it."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from orchestration.report.verify.text import decode

MOST_BYTES = 20_000_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """There is no text to be had. The message says why in Chinese."""


def read_article(path: Path) -> str:
    """The text of a plain text, a page or a DOCX (body and tables in their order); ``-`` is standard input. Raises Unreadable."""
    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if str(path) == "-" else _read(path)
    except OSError as error:
        raise Unreadable(f"读不到文稿 {path}:{error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise Unreadable(f"文稿 {path} 超过 {MOST_BYTES // 1_000_000} MB")
    if data.startswith(_OLE):
        raise Unreadable(f"文稿 {path} 是旧版 Word 文档;请另存为 DOCX 或纯文本")
    text = _of_docx(path, data) if data.startswith(_ZIP) else decode(data)
    if not text.strip():
        raise Unreadable(f"文稿 {path} 里没有文字")
    return text


def _read(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(MOST_BYTES + 1)


def _of_docx(path: Path, data: bytes) -> str:
    from docx import Document  # noqa: PLC0415  (only a DOCX needs it)
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    try:
        blocks = Document(io.BytesIO(data)).iter_inner_content()
        return "\n".join(
            "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
            if isinstance(block, Table)
            else block.text
            for block in blocks
        )
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable(f"文稿 {path} 不是 DOCX;请另存为 DOCX 或纯文本") from error
