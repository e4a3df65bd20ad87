"""A name that a regular expression of file names takes, for the guide; figures count out a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

#: What a class written with a letter is given.
_CLASSES = {"d": "", "w": "A", "s": " ", "D": "A", "S": "A", "W": "-"}
_REPEAT = re.compile(r"\*|\+|\?|\{(\d*)(?:,\d*)?\}")


def name_like(pattern: str, day: date) -> str | None:
    """A file name that *pattern* matches whole; None where none is found this way."""
    figures = iter(f"{day:%Y%m%d}" + "101500" * 9)
    try:
        name = _Maker(pattern, figures).alternatives()
        return name if name and re.fullmatch(pattern, name) else None
    except (IndexError, StopIteration, ValueError):
        return None


class _Maker:
    """Reads a pattern from left to right and writes the shortest text that it takes."""

    def __init__(self, pattern: str, figures: Iterator[str]) -> None:
        self.pattern, self.at, self.figures = pattern, 0, figures

    def alternatives(self) -> str:
        """The first of the branches up to the end of the group; the others are passed over."""
        text = self._sequence()
        while self._peek() == "|":
            self.at += 1
            figures, self.figures = self.figures, iter("0" * 99)
            self._sequence()
            self.figures = figures
        return text

    def _sequence(self) -> str:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated())
        return "".join(parts)

    def _repeated(self) -> str:
        start = self.at
        figures, self.figures = self.figures, iter("0" * 99)
        self._atom()  # once to see how often
        end = self.at
        self.figures = figures
        repeat = _REPEAT.match(self.pattern, end)
        times = 1
        if repeat:
            times = int(repeat[1] or 0) if repeat[0].startswith("{") else int(repeat[0] == "+")
        parts = []
        for _ in range(times):
            self.at = start
            parts.append(self._atom())
        self.at = repeat.end() if repeat else end
        if repeat and self._peek() == "?":
            self.at += 1
        return "".join(parts)

    def _atom(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            opening = re.compile(r"\?(?::|P<\w+>)").match(self.pattern, self.at)
            self.at = opening.end() if opening else self.at
            text = self.alternatives()
            self.at += 1
            return text
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escaped()
        return "" if char in "^$" else "A" if char == "." else char

    def _escaped(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        return next(self.figures) if char == "d" else _CLASSES.get(char, char)

    def _class(self) -> str:
        end = self.pattern.index("]", self.at + 1)
        inside, self.at = self.pattern[self.at : end], end + 1
        if inside.startswith("^"):
            raise ValueError("what is not meant does not say what is")
        if inside.startswith(("0-9", "\\d")):
            return next(self.figures)
        return inside.lstrip("\\")[0]

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]
