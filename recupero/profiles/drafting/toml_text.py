"""A draft as the text of a profile: each key with how sure it is and what that rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from recupero.profiles.drafting.draft import Draft
from recupero.profiles.drafting.entry import Entry, Said

_TABLES = ("columns", "constants")
_MARK = {"certain": "certain", "guess": "confirm"}
_HEAD = """\
# Drafted from a sample of {rows} rows. Confirm with the institution what is marked "confirm",
# decide what is marked "OPEN", then delete the next line: until then nothing is booked by it.
draft = true
"""


def profile_text(institution: Iterable[Entry], draft: Draft) -> str:
    """The whole profile, the draft of its one layout last."""
    lines = [*_HEAD.format(rows=draft.rows).splitlines(), "", "[institution]"]
    lines += [line for entry in institution for line in _lines(entry)]
    lines += ["", "[[layout]]"]
    plain = [each for each in draft.entries if each.key.split(".")[0] not in (*_TABLES, "values")]
    lines += [line for entry in plain for line in _lines(entry)]
    for table in _TABLES:
        inside = [each for each in draft.entries if each.key.startswith(f"{table}.")]
        if any(entry.value is not None for entry in inside):
            lines += ["", f"[layout.{table}]"]
        lines += [line for entry in inside for line in _lines(entry, entry.key.split(".", 1)[1])]
    if draft.unused:
        lines += ["# Not read:", *(f"#   {_printable(name)}" for name in draft.unused)]
    lines += [line for entry in draft.entries if entry.key.startswith("values.")
              for line in _values(entry)]  # fmt: skip
    return "\n".join(lines) + "\n"


def _lines(entry: Entry, key: str = "") -> list[str]:
    because = _printable(entry.because)
    if entry.value is None:
        return [f"# OPEN {entry.key}: {because}"]
    return [f"{key or entry.key} = {_written(entry.value)}  # {_MARK[entry.sure]}: {because}"]


def _values(entry: Entry) -> list[str]:
    if not isinstance(entry.value, Mapping):
        return ["", *_lines(entry)]
    head = ["", f"# {_MARK[entry.sure]}: {_printable(entry.because)}", f"[layout.{entry.key}]"]
    return [*head, *(f"{_text(word)} = {_written(ours)}" for word, ours in entry.value.items())]


def _written(value: Said) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_written(each)}' for key, each in value.items())} }}"
    if isinstance(value, int):
        return str(value)
    # A pattern is easier to read where nothing in it has to be escaped.
    return (
        f"'{value}'" if "\\" in value and "'" not in value and value.isprintable() else _text(value)
    )


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
