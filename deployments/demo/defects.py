"""Bad rows, planted in the written form, where real ones come from."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.demo.cast import Cast
from deployments.demo.files import Control, cells
from deployments.demo.sheets import Cell, Row, Sheet


def defects_of(sheet: Sheet) -> tuple[str, ...]:
    """The defects a placement layout can show: parts that do not sum need a stated total, and a bad
    identity one that always has a form to break (RUT, RFC)."""
    found = ["bad_amount", "impossible_date", "missing_account"]
    if sheet.has("total_minor"):
        found.append("parts_do_not_sum")
    if not sheet.has("debtor_id_type"):
        found.append("bad_identity")
    return tuple(found)


def spoil(sheet: Sheet, line: list[Cell], row: Row, defect: str) -> None:
    """Put *defect* into the cells *line* of one placement *row*."""
    style = sheet.style
    if defect == "missing_account":
        line[sheet.position("account_number")] = ""
    elif defect == "impossible_date":
        place = sheet.position("due_date" if sheet.has("due_date") else "opened_on")
        text = "31/02/2026"
        if style.form != "workbook":
            text = style.dates.replace("%d", "31").replace("%m", "02").replace("%Y", "2026")
        line[place] = text
    elif defect == "parts_do_not_sum":
        place = sheet.position("total_minor")
        line[place] = cells(sheet, _raised(row, "total_minor"))[place]
    elif defect == "bad_identity":
        place = sheet.position("debtor_id_number")
        number = str(line[place])
        # A RUT with a wrong check digit; an RFC cut short, for real ones break their check digit.
        other = "1" if number[-1] != "1" else "2"
        line[place] = number[:-1] + (other if "-" in number else "")
    elif defect == "bad_amount":
        # Where a trailer adds up the principal it must stay readable for the sums to agree.
        place = sheet.position("interest_minor" if style.trailer else "principal_minor")
        line[place] = BAD_AMOUNT[sheet.institution]
    else:
        raise ValueError(defect)


#: An amount that each institution's marks make unreadable.
BAD_AMOUNT = {
    "banco-andino": "1.2.3,4",
    "credisol": "1e5",
    "financiera-austral": "0000000X2345",
    "mercantil-bajio": "12,345.60 pesos",
    "caja-pacifico": "1,234.5",
}


def as_text(sheet: Sheet, line: list[Cell]) -> None:
    """Write the principal of a spreadsheet row as text; a reader can and must still read it."""
    place = sheet.position("principal_minor")
    value = line[place]
    assert isinstance(value, float)
    line[place] = f"{value:.2f}"


def first_lines(sheet: Sheet, cast: Cast, rows: Sequence[Row]) -> tuple[list[list[Cell]], Control]:
    """Day one's placement in written form, defects and repeats included, with its true control."""
    at = {row["account_number"]: n for n, row in enumerate(rows)}
    lines = [cells(sheet, row) for row in rows]
    if sheet.style.form == "workbook":
        for account in cast.text_numbers:
            as_text(sheet, lines[at[account.number]])
    for defect, account in cast.bad:
        spoil(sheet, lines[at[account.number]], rows[at[account.number]], defect)
    copies = [rows[at[account.number]] for account in cast.repeated_row]
    copies += [
        _raised(rows[at[account.number]], "principal_minor", "total_minor")
        for account in cast.repeated_key
    ]
    lines += [cells(sheet, row) for row in copies]
    return lines, control_of(sheet, [*rows, *copies])


def second_lines(sheet: Sheet, cast: Cast, rows: Sequence[Row]) -> list[list[Cell]]:
    """Day two's placement in written form: the amounts of a few accounts are unreadable."""
    spoiled = {account.number for account in cast.spoiled}
    lines = [cells(sheet, row) for row in rows]
    for row, line in zip(rows, lines, strict=True):
        if row["account_number"] in spoiled:
            spoil(sheet, line, row, "bad_amount")
    return lines


def _raised(row: Row, *fields: str) -> Row:
    """The row with 100,000 minor units more in *fields*."""
    raised = dict(row)
    for field in fields:
        amount = row[field]
        assert isinstance(amount, int)
        raised[field] = amount + 100_000
    return raised


def control_of(sheet: Sheet, rows: Sequence[Row]) -> Control:
    """The control figures of *rows* as the sheet's trailer states them."""
    amounts = (row[sheet.sum_of] for row in rows) if sheet.sum_of else ()
    return Control(len(rows), sum(amount for amount in amounts if isinstance(amount, int)))
