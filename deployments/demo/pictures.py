"""The README's pictures, cut from the demo's own documents: ``make pictures``."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2

#: Picture, document in the outboxes, page and scale.
_PICTURES = (
    ("letter.png", "_agency/outbox/CARTAS_banco-andino_2026-11-27.pdf", 0, 1.1),
    ("reconciliation.png", "banco-andino/outbox/CONCILIACION_banco-andino_2026-11-30.pdf", 0, 1.1),
)


def draw(home: Path, folder: Path) -> list[Path]:
    """Render the chosen pages of the demo at *home* into *folder*; returns the files written."""
    written = []
    for name, document, page, scale in _PICTURES:
        with pypdfium2.PdfDocument(home / "sftp" / document) as pdf:
            image = pdf[page].render(scale=scale).to_pil()
        image.convert("P", palette=1, colors=64).save(folder / name, optimize=True)
        written.append(folder / name)
    return written


if __name__ == "__main__":
    for path in draw(Path(sys.argv[1]), Path(sys.argv[2])):
        print(path)
