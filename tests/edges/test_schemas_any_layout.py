"""Any rows, written in any layout that may be declared, read back equal: nothing is changed."""

from __future__ import annotations

import os

from hypothesis import given, settings

from recupero.profiles.identify import identify
from schemas.screen import sift
from tests.edges.drawn_files import Drawn, files
from tests.edges.drawn_rows import DAY

#: More of them by ``make fuzz``.
EXAMPLES = int(os.environ.get("RECUPERO_EXAMPLES", "60"))


@settings(max_examples=EXAMPLES)
@given(files())
def test_what_is_written_as_declared_reads_back_equal(drawn: Drawn) -> None:
    layout = identify(drawn.profile, "x", drawn.content, DAY)
    screened = sift(drawn.content, layout, drawn.profile, DAY)
    assert screened.rejects.select("line_number", "field", "rule", "value").rows() == []
    assert screened.rows.drop("line_number").rows() == drawn.expected
    assert screened.rows_read == len(drawn.expected)
