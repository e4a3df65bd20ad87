"""Consecutive ranges of whole numbers as data: ageing buckets, scorecard points, open-item ages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

import polars as pl

from recupero.errors import Refused

Label = TypeVar("Label", str, int)


@dataclass(frozen=True)
class Bands(Generic[Label]):
    """Label *i* covers values above ``uppers[i-1]`` up to and including ``uppers[i]``.

    The last label is open above, so there is one label more than uppers.
    """

    uppers: tuple[int, ...]
    labels: tuple[Label, ...]

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.uppers) + 1:
            raise Refused(f"{len(self.uppers)} edges need {len(self.uppers) + 1} labels")
        if any(low >= high for low, high in pairwise(self.uppers)):
            raise Refused(f"edges must ascend: {self.uppers}")

    def pick(self, value: pl.Expr) -> pl.Expr:
        """The label of each value (String or Int64); null where the value is null."""
        kind = pl.String if isinstance(self.labels[0], str) else pl.Int64
        picked = pl.lit(self.labels[-1], dtype=kind)
        for upper, label in zip(reversed(self.uppers), reversed(self.labels[:-1]), strict=True):
            picked = pl.when(value <= upper).then(pl.lit(label, dtype=kind)).otherwise(picked)
        return pl.when(value.is_not_null()).then(picked)
