"""The files of one day as they arrive, with the facts about each: good ones and mishaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from deployments.demo.cast import Cast
from deployments.demo.defects import control_of, first_lines, second_lines
from deployments.demo.facts import FileFacts, Outcome, Upload
from deployments.demo.files import Control, cells, render, side_file
from deployments.demo.population import Account
from deployments.demo.sheets import Row, Sheet

#: What refuses a file whose control figures or side file do not agree with it.
CONTROL = "control_total"


class Drop:
    """Collects the uploads of one day in order, and what is known about each data file."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.uploads: list[Upload] = []
        self.files: list[FileFacts] = []

    def rows(self, sheet: Sheet, rows: Sequence[Row], amount_minor: int = 0) -> None:
        """An ordinary file of *rows* without any defect."""
        lines = [cells(sheet, row) for row in rows]
        content = render(sheet, lines, self.day, control_of(sheet, rows))
        self._put(sheet, content)
        self._accepted(sheet, len(rows), amount_minor=amount_minor)

    def first_placement(self, sheet: Sheet, cast: Cast, rows: Sequence[Row]) -> None:
        """Day one's placement with its bad rows, and the mishap the institution is known for."""
        lines, control = first_lines(sheet, cast, rows)
        content = render(sheet, lines, self.day, control)
        tag = ""
        if sheet.institution == "financiera-austral":
            wrong = Control(control.rows, control.sum_minor + 1000)
            self._put(sheet, render(sheet, lines, self.day, wrong), refused=True)
            self._note(sheet, "refused", reason=CONTROL)
            tag = "_V2"
        elif sheet.institution == "credisol":
            cut = content[: len(content) * 3 // 5]
            self._put(sheet, cut, vouched=content, refused=True)
            self._note(sheet, "refused", reason=CONTROL)
            tag = "_R"
        self._put(sheet, content, tag)
        bad = Counter(defect for defect, _ in cast.bad)
        bad["repeated_key"] = 2 * len(cast.repeated_key)  # of two figures neither is taken
        spoiled = {account.number for _, account in cast.bad}
        spoiled |= {account.number for account in cast.repeated_key}
        self._accepted(
            sheet, len(lines), tag, tuple(bad.items()), duplicates=len(cast.repeated_row),
            amount_minor=_totals(cast.accounts, spoiled),
        )  # fmt: skip
        if sheet.institution == "banco-andino":
            self._put(sheet, content, "_B")
            self._note(sheet, "repeated", "_B")

    def second_placement(
        self, sheet: Sheet, cast: Cast, accounts: Sequence[Account], rows: Sequence[Row]
    ) -> None:
        """Day two's placement: a few rows that were right have become unreadable."""
        lines = second_lines(sheet, cast, rows)
        self._put(sheet, render(sheet, lines, self.day, control_of(sheet, rows)))
        spoiled = {account.number for account in cast.spoiled}
        self._accepted(
            sheet, len(lines), bad=(("bad_amount", len(spoiled)),),
            amount_minor=_totals(accounts, spoiled),
        )  # fmt: skip

    def unfinished(self, sheet: Sheet) -> None:
        """The first half of the file just dropped, under the name of an upload in progress."""
        whole = next(
            upload.content
            for upload in reversed(self.uploads)
            if upload.name == sheet.file_name(self.day)
        )
        name = f"{sheet.file_name(self.day)}.part"
        self.uploads.append(Upload(sheet.institution, name, whole[: len(whole) // 2], partial=True))
        self._note(sheet, "unfinished", ".part")

    def statement(self, institution: str, content: bytes, entries: int, amount_minor: int) -> None:
        """A bank statement; its credits count as rows."""
        name = f"EXTRACTO_{self.day:%Y%m%d}.xml"
        facts = FileFacts(institution, self.day, name, "statement", "accepted", entries)
        self.uploads.append(Upload(institution, name, content))
        self.files.append(replace(facts, amount_minor=amount_minor))

    def _put(
        self, sheet: Sheet, content: bytes, tag: str = "", *,
        vouched: bytes | None = None, refused: bool = False,
    ) -> None:  # fmt: skip
        name = sheet.file_name(self.day, tag)
        self.uploads.append(Upload(sheet.institution, name, content, refused=refused))
        if sheet.style.side_file:
            side = side_file(name, content if vouched is None else vouched)
            self.uploads.append(Upload(sheet.institution, f"{name}.sha256", side, refused=refused))

    def _accepted(
        self, sheet: Sheet, rows: int, tag: str = "", bad: tuple[tuple[str, int], ...] = (),
        duplicates: int = 0, amount_minor: int = 0,
    ) -> None:  # fmt: skip
        name = sheet.file_name(self.day, tag)
        self.files.append(
            FileFacts(sheet.institution, self.day, name, sheet.kind, "accepted", rows, bad,
                      duplicates, amount_minor)
        )  # fmt: skip

    def _note(self, sheet: Sheet, outcome: Outcome, tag: str = "", reason: str = "") -> None:
        """A file from which nothing is booked: no figures."""
        name = sheet.file_name(self.day) + tag
        if outcome != "unfinished":
            name = sheet.file_name(self.day, tag)
        self.files.append(
            FileFacts(sheet.institution, self.day, name, sheet.kind, outcome, 0, reason=reason)
        )


def _totals(accounts: Sequence[Account], without: set[str]) -> int:
    return sum(account.total_minor for account in accounts if account.number not in without)
