"""Rewrite the expected texts of the reports: ``python -m tests.golden.regenerate``.

Prints each file that changes, so that nothing is overwritten unseen; read the diff afterwards.
"""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.golden.report_inputs import BOOKS, PDFS, TABLES

FOLDER = Path(__file__).parent / "reports"


def pdf_text(content: bytes) -> str:
    """Every page's text, pages apart."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return "\n\n--- página ---\n\n".join(pages) + "\n"


def book_text(content: bytes) -> str:
    """Every sheet's values, a line a row, cells apart by ``|``."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    parts = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        parts.append(f"[{name}]\n" + "\n".join(" | ".join(map(str, row)) for row in rows))
    return "\n\n".join(parts) + "\n"


def texts() -> dict[str, str]:
    """File name to expected text, all reports."""
    found = {name: pdf_text(render()) for name, render in PDFS.items()}
    found |= {name: book_text(render()) for name, render in BOOKS.items()}
    return found | {
        name: render().decode("utf-8-sig").replace("\r\n", "\n") for name, render in TABLES.items()
    }


def main() -> None:
    """Write the texts that differ and say which."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        path = FOLDER / f"{name}.txt"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"rewritten {path.name}")


if __name__ == "__main__":
    main()
