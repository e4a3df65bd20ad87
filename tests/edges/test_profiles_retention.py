"""How long is kept, and what a hold covers, as a profile says it; where the blame is laid."""

from __future__ import annotations

import pytest

from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from tests.edges.one_bank import profile_text

HOLD = '[[retention.hold]]\nfrom = 2026-01-01\nreason = "oficio 12"\n'


def profile(text: str) -> Profile:
    return parse_profile((profile_text("guarda") + text).encode(), "guarda.toml")


def test_kinds_are_named_as_the_keys_are_written() -> None:
    text = "[retention.files]\nwrite_off = 60\nrefused = 6\n[retention.papers]\nwrite_off = 120\n"
    declared = profile(text + HOLD + 'kinds = ["papers.letters"]\n').retention
    assert declared is not None
    assert declared.months == {"files.write_off": 60, "files.refused": 6, "papers.write_off": 120}
    [hold] = declared.holds
    assert hold.kinds == {"papers.letters"}
    assert (profile(HOLD).retention or declared).holds[0].kinds is None
    assert profile("").retention is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[retention.files]\nletters = 1", "files.letters: is none of placement, payment, "),
        ("[retention.papers]\nplacement = 1", "papers.placement: is none of acknowledgement, "),
        ("[retention.papers]\nchain = 1", "papers.chain: is kept for ever: it proves what is"),
        ("[retention.files]\nopened = 1", "files.opened: has no period of its own: it goes with"),
        ("[retention.inputs]\nprofile = 1", "inputs: Extra inputs are not permitted"),
        ("[retention.files]\nplacement = 0", "files.placement: Input should be greater than"),
        ("[retention.files]\nplacement = 1.5", "files.placement: Input should be a valid integer"),
        ("[retention.files]\nplacement = true", "files.placement: Input should be a valid integer"),
        (HOLD + 'kinds = ["files.placement", "letters"]', "hold[0].kinds[1]: is no kind, such as"),
        (HOLD + 'kinds = ["files.opened"]', "hold[0].kinds[0]: is no kind, such as"),
        (HOLD + "kinds = []", "hold[0].kinds: Tuple should have at least 1 item"),
        (HOLD + "until = 2025-12-31", "hold[0].until: lies before `from`"),
        (HOLD + 'kind = ["files.placement"]', "hold[0].kind: Extra inputs are not permitted"),
        ("[[retention.hold]]\nfrom = 2026-01-01", "hold[0].reason: Field required"),
        ('[[retention.hold]]\nreason = "x"', "hold[0].from: Field required"),
        (HOLD.replace("oficio 12", "  "), "hold[0].reason: must not be blank"),
        (HOLD.replace("oficio 12", ""), "hold[0].reason: String should have at least 1 character"),
    ],
)
def test_what_is_no_retention_is_refused_with_its_key(text: str, told: str) -> None:
    with pytest.raises(ProfileError) as refused:
        profile(text)
    assert str(refused.value).startswith(f"guarda.toml: retention.{told}")
