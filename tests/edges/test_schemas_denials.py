"""Two words on one thing and one date in one file: the withdrawal, the denial, stands."""

import pytest

from tests.edges.screened_text import line, profile, reasons, sifted

CONSENT = {
    "debtor_id_type": "CC",
    "debtor_id_number": "1",
    "channel": "call",
    "recorded_at": "01/11/2026",
}
ATTESTED = {
    "account_number": "A",
    "attestation": "provisioned",
    "stated_on": "01/11/2026",
    "evidence": "f. 1",
}
KINDS = {"consent": (CONSENT, "granted"), "attestation": (ATTESTED, "holds")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("told", "stands", "repeated"),
    [("S N", 2, 0), ("N S", 1, 0), ("S N N", 2, 1), ("S S N", 3, 0), ("S S", 1, 1)],
)
def test_a_denial_stands_whatever_its_line(kind: str, told: str, stands: int, repeated: int):
    given, flag = KINDS[kind]
    columns = (*given, flag)
    owner = profile(kind, columns, tables=f"[layout.values.{flag}]\nS = true\nN = false\n")
    words = told.split()
    screened = sifted(owner, *(line(columns, **given, **{flag: word}) for word in words))
    assert screened.rows.select("line_number", flag).rows() == [(stands, words[stands - 1] == "S")]
    assert screened.rows_duplicate == repeated
    others = [(n, next(iter(given)), "duplicate_key") for n, word in enumerate(words, 1)
              if word != words[stands - 1]]  # fmt: skip
    assert reasons(screened) == others
    for message in screened.rejects["message"]:
        assert f"vale la línea {stands}" in message
