"""``recupero institution add --sample``: a profile drafted from a file, and that checked by it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from deployments.cli.check import check
from deployments.cli.files import write_whole
from deployments.cli.opening import claim
from deployments.cli.output import print_lines, printable
from recupero.errors import NotFound, ProfileError, Refused
from recupero.profiles.drafting.draft import Draft, Told, draft_of, kind_of
from recupero.profiles.drafting.entry import Entry
from recupero.profiles.drafting.sample import Sample, read_book, read_text
from recupero.profiles.drafting.toml_text import profile_text
from recupero.profiles.drafting.words import synonyms
from recupero.profiles.fields import FIELDS
from recupero.profiles.load import parse_profile
from recupero.profiles.sealed import outermost
from recupero.profiles.side_file import SIDE_SUFFIX
from recupero.settings import load_settings


@dataclass(frozen=True)
class Asked:
    """What was typed; ``said`` are keys of the layout with their values."""

    code: str | None
    name: str | None
    country: str | None
    currency: str | None
    timezone: str | None
    kind: str | None
    said: tuple[str, ...]


def draft(sample: Path, asked: Asked, business_date: date, dry_run: bool) -> int:
    """Draft the profile of a new institution from *sample*, keep it and check *sample* by it.

    0 where the sample is accepted whole and nothing is open, else 1. A profile that is there is
    never replaced. A dry run prints the draft and keeps nothing.
    """
    settings = load_settings()
    content = _bytes(sample)
    institution = _institution(asked)
    code = str(institution[0].value)
    target = settings.profiles_folder / f"{code}.toml"
    if target.exists():
        raise Refused("there is a profile already", str(target), "draft under another code")
    said = dict(map(_key_and_value, asked.said))
    told = Told(sample.name, str(institution[2].value), str(institution[3].value), business_date,
                sample.with_name(f"{sample.name}{SIDE_SUFFIX}").is_file(), said)  # fmt: skip
    taken_apart = _sample(content, sample.name, said)
    found = _completed(taken_apart, _kind(taken_apart, told, asked.kind), told)
    text = profile_text(institution, found)
    if dry_run:
        sys.stdout.write(text)
        return 1 if found.open else 0
    claim(settings)
    write_whole(target, text.encode(), "profile.rename")
    print_lines(_summary(found, target))
    code_of_check = _checked(sample, code, text, settings.profiles_folder, business_date)
    print_lines([
        f"then: confirm {target}, delete its line `draft = true`, recupero institution add {code}"
    ])  # fmt: skip
    return 1 if found.open or code_of_check else 0


def _checked(sample: Path, code: str, text: str, folder: Path, business_date: date) -> int:
    """What ``recupero check`` says of the sample, or why the draft cannot be used for it yet."""
    try:
        parse_profile(text.encode(), f"{code}.toml")
    except ProfileError as problem:
        print_lines([f"not checked, as something is open: {problem}"])
        return 1
    return check(sample, code, False, folder, business_date)


def _institution(asked: Asked) -> list[Entry]:
    """The entries of the institution's own table. Refused where they are none."""
    code = _answer("CODE", "its code, such as banco-andino", asked.code)
    name = _answer("--name", "its name", asked.name)
    country = _answer("--country", "its country, such as CO", asked.country)
    known = synonyms()["countries"].get(country, {})
    said = {"code": code, "name": name, "country": country}
    entries = [Entry(key, value, "certain", "as said") for key, value in said.items()]
    for key, given, only in (
        ("currency", asked.currency, False),
        ("timezone", asked.timezone, known.get("one", False)),
    ):
        value = given or known.get(key) or _answer(f"--{key}", f"its {key}")
        of_country = given is None and key in known
        entries.append(
            Entry(key, value, "certain" if only or not of_country else "guess",
                  "the country's" if of_country else "as said")
        )  # fmt: skip
    # The first lines alone are a profile: whatever is wrong with them is said before all else.
    lines = "\n".join(f"{entry.key} = {json.dumps(entry.value)}" for entry in entries)
    parse_profile(f"[institution]\n{lines}\n".encode(), f"{code}.toml")
    return entries


def _kind(sample: Sample, told: Told, asked: str | None) -> Entry:
    kinds = [kind for kind, fields in FIELDS.items() if fields]
    if asked is None:
        guessed = kind_of(sample, told)
        if guessed.value is not None:
            return guessed
        question = f"what the sample is, as {guessed.because} ({', '.join(kinds)})"
        asked = _answer("--kind", question)
    if asked not in kinds:
        raise Refused(f"is no kind: {', '.join(kinds)}", f"--kind {asked}")
    return Entry("kind", asked, "certain", "as said")


def _completed(sample: Sample, kind: Entry, told: Told) -> Draft:
    """The draft, with what a person at the terminal says of what is open."""
    found = draft_of(sample, kind, told)
    if not _somebody_there():
        return found
    for entry in found.open:
        told = _said_of(entry, sample, kind, told)
    return draft_of(sample, kind, told)


def _said_of(entry: Entry, sample: Sample, kind: Entry, told: Told) -> Told:
    """*told* with what somebody says of an open *entry*, asked again until a layout can have it."""
    while answer := _asked(f"{entry.key}: {entry.because} (or KEY=VALUE; nothing leaves it open)"):
        key, value = _key_and_value(answer) if "=" in answer else (entry.key, answer)
        more = replace(told, said={**(told.said or {}), key: value})
        try:
            draft_of(sample, kind, more)
        except Refused as refusal:
            print_lines([str(refusal)])
            continue
        return more
    return told


def _sample(content: bytes, name: str, said: dict[str, str]) -> Sample:
    if outermost(name) is not None:
        raise Refused("is compressed or encrypted", name, "open it first: layouts name what is in")
    # Late: texts do without the reader of workbooks.
    from schemas.book import form_of, sheets

    form = form_of(content)
    return (
        read_text(content, said) if form is None else read_book(form, sheets(content, form), said)
    )


def _summary(found: Draft, target: Path) -> list[str]:
    counts = {sure: sum(entry.sure == sure for entry in found.entries)
              for sure in ("certain", "guess", "open")}  # fmt: skip
    lines = [
        f"{target}: drafted as {found.kind} from {found.rows} rows; {counts['certain']} certain, "
        f"{counts['guess']} to confirm, {counts['open']} open"
    ]
    lines += [f"  open  {entry.key}: {entry.because}" for entry in found.open]
    if found.open:
        lines.append("  say them in the file, or draft anew with --set KEY=VALUE")
    return [*lines, f"  not read: {', '.join(found.unused)}"] if found.unused else lines


def _answer(option: str, question: str, given: str | None = None) -> str:
    """What was *given*, or what somebody at the terminal answers; refused where nobody is there."""
    if given is None and _somebody_there():
        given = _asked(question[0].upper() + question[1:]) or None
    if given is None:
        raise Refused(f"say {question}", option)
    return given


def _asked(question: str) -> str:
    sys.stdout.write(f"{printable(question)}: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def _somebody_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _key_and_value(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise Refused("is not KEY=VALUE", f"--set {text}")
    return key, value


def _bytes(sample: Path) -> bytes:
    try:
        return sample.read_bytes()
    except OSError as problem:
        raise NotFound(f"cannot be read: {problem.strerror}", str(sample)) from None
