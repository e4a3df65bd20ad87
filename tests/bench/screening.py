"""A portfolio's bytes into accepted and rejected rows, beside pyarrow reading them as text."""

from __future__ import annotations

import io
import time
from functools import partial

import pyarrow as pa

from recupero.profiles.load import parse_profile
from schemas.screen import Screened, sift
from tests.bench.days import STEPS, floor
from tests.bench.portfolios import PROFILE, portfolio, spoilt, written
from tests.bench.report import Measure, interleaved


def screening(runs: int, rows: int) -> tuple[list[Measure], list[str]]:
    """Rows without a defect beside the floor, and with one in five beside none."""
    cells = portfolio(rows)
    columns = {name: pa.string() for name in cells.columns}
    good, bad = written(cells), written(spoilt(cells))
    clean = partial(_screened, good)
    read = interleaved(clean, partial(floor, good, columns), runs, time.process_time)
    defects = interleaved(partial(_screened, bad), clean, runs, time.process_time)
    rejected = _screened(bad).rows_rejected
    return (
        [
            Measure("screen_vs_floor", read.ratio, 2.5,
                    f"pyarrow reading the file as text, {rows:,} rows"),
            Measure("bad20_vs_clean", defects.ratio, 1.5, "the same rows without defects"),
        ],
        [
            read.told("screening, CPU"),
            defects.told(f"screening and writing {rejected:,} rejected of {rows:,} rows, CPU"),
        ],
    )  # fmt: skip


def _screened(content: bytes) -> Screened:
    """*content* screened, its rejects written."""
    profile = parse_profile(PROFILE.format(code="banco").encode(), "banco.toml")
    screened = sift(content, profile.layouts[0], profile, STEPS[0][2])
    screened.rejects.write_csv(io.BytesIO())
    return screened
