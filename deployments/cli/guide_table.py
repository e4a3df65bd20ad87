"""The table of a layout's fields, in Spanish: what stands where, and how it is written."""

from __future__ import annotations

import re

from deployments.cli.guide_fields import WORDS, meaning
from deployments.cli.guide_values import amount_text, written
from recupero.money import exponent
from recupero.profiles.canonical import Canonical
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Institution

_TYPES = {
    "text": "texto", "identity": "documento", "amount": "importe", "date": "fecha",
    "datetime": "fecha y hora", "integer": "entero", "boolean": "sí o no",
    "decimal": "número",
}  # fmt: skip
_DIRECTIVES = {"%d": "dd", "%m": "mm", "%Y": "aaaa", "%H": "hh", "%M": "mm", "%S": "ss"}


def field_row(field: Canonical, layout: Layout, given: Institution) -> tuple[str, ...]:
    """Place, content, type, format, whether required, example."""
    place, value = layout.label(field.name), written(field, layout, given)
    named = not isinstance(layout.columns[field.name], int | tuple)
    return (
        f"`{place}`" if named else place,
        meaning(layout.kind, field.name),
        "código" if field.name in layout.values else _TYPES[field.type],
        _form(field, layout, given),
        "sí" if _required(field, layout) else "no",
        f"`{value}`" if value else "",
    )


def _form(field: Canonical, layout: Layout, given: Institution) -> str:
    """How a value is written: its marks, its order, or the words that may stand there."""
    form = ""
    if field.name in layout.values:
        form = ", ".join(f"`{word}`" for word in layout.values[field.name] if word)
    elif field.allowed:
        form = ", ".join(f"`{word}`" for word in field.allowed)
    elif field.type == "amount":
        digits = "1234567" + "8900"[: exponent(given.currency)]
        form = f"`{amount_text(int(digits), layout, given.currency)}`"
    elif field.type == "date":
        form = spelled(layout.dates or "")
    elif field.type == "datetime":
        form = spelled(layout.datetimes or "")
    elif field.type == "integer":
        form = "solo cifras"
    if layout.is_book and field.type in ("amount", "date", "datetime", "integer"):
        form = f"{'fecha' if field.type.startswith('date') else 'número'} de la hoja o {form}"
    elif layout.format == "jsonl" and field.type in ("amount", "integer"):
        form = f"número o {form}"
    return form


def _required(field: Canonical, layout: Layout) -> bool:
    """Required by its kind, or the only one of the two that say how late an account is."""
    overdue = {"due_date", "days_past_due"}
    alone = layout.kind == "placement" and layout.declared & overdue == {field.name}
    return (field.required and field.absent is None) or alone


def codes(layout: Layout) -> list[str]:
    """What each code stands for, and what the file need not say."""
    lines = []
    for name, mapped in layout.values.items():
        told = ", ".join(
            f"{f'`{word}`' if word else 'vacío'} = {WORDS.get(str(value), str(value))}"
            for word, value in mapped.items()
        )
        lines.append(f"Códigos de {layout.label(name)}: {told}.")
    return [*lines, *_constants(layout)]


def _constants(layout: Layout) -> list[str]:
    """What the file need not say because it was agreed."""
    told = [
        f"{re.split('[,:]', meaning(layout.kind, name))[0].lower()}: "
        + ("la fecha de proceso" if value == "business_date" else WORDS.get(str(value), str(value)))
        for name, value in layout.constants.items()
    ]
    return [f"Acordado para todo el archivo: {'; '.join(told)}."] if told else []


def spelled(form: str) -> str:
    """A format of dates in letters: ``dd/mm/aaaa``."""
    for directive, letters in _DIRECTIVES.items():
        form = form.replace(directive, letters)
    return form
