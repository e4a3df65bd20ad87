"""What is said of a layout as a whole, in Spanish: its form, its marks, its control."""

from __future__ import annotations

from deployments.cli.guide_table import spelled
from recupero.profiles.fields import CONTRADICTED, DENIAL, KEYS, LASTING, LISTS
from recupero.profiles.layout import ControlFile, Layout, Records, TrailerPlaces, sign_of
from schemas.messages import sign_told

_EXPECTED = {"daily": "cada día", "business_days": "cada día hábil"}
_BOOKS = {
    "xlsx": "Libro de Excel (.xlsx)", "xls": "Libro de Excel 97-2003 (.xls)",
    "ods": "Hoja de OpenDocument (.ods)",
}  # fmt: skip


def facts(layout: Layout) -> list[str]:
    """Sentences, the form of the file first."""
    told = [_form(layout)]
    if any(layout.fields[name].type == "amount" for name in layout.columns):
        told.append(_money(layout))
    if layout.dates:
        told.append(f"Fechas: `{spelled(layout.dates)}`.")
    if layout.datetimes and layout.kind == "effort":
        told.append(f"Fecha y hora: `{spelled(layout.datetimes)}`.")
    told += [*_of_its_kind(layout), *_arrival(layout), *_controls(layout)]
    if keys := KEYS[layout.kind]:
        named = ", ".join(layout.label(key) for key in keys)
        told.append(f"Dos filas con igual {named}: {_standing(layout)}.")
    return told


def _of_its_kind(layout: Layout) -> list[str]:
    """What a file of the kind says of what it does not name, and how it is to be read."""
    if layout.kind == "placement":
        return _of_portfolio(layout)
    if layout.kind in LISTS:
        return [
            "Cada archivo trae todo lo de las cuentas que nombra: lo que ya no trae de ellas deja "
            "de estar vigente; de las que no nombra no cambia nada."
            if layout.snapshot == "full"
            else "Cada archivo trae solo lo nuevo o lo que cambió."
        ]
    if layout.kind == "adjustment":
        return [
            "Los importes van sin signo, también los condonados; solo una corrección o "
            "reclasificación puede traer negativos, y esta debe sumar cero. Lo que rige hasta la "
            "fecha de corte de la cartera ya está en sus saldos."
        ]
    if layout.kind == "control":
        return [
            "Dice las cifras de otro archivo, una fila por moneda, y sirve solo a ese; si una "
            "fila no se lee, no vale ninguna."
        ]
    return []


def _of_portfolio(layout: Layout) -> list[str]:
    told = [
        f"Cada archivo trae toda la cartera{_portfolio(layout)}: una cuenta que falta se "
        "entiende retirada."
        if layout.snapshot == "full"
        else f"Cada archivo trae solo las cuentas nuevas o que cambiaron{_portfolio(layout)}."
    ]
    if {"phone", "phone_2", "email", "address"} & layout.declared:
        told.append(
            "Los teléfonos, correos y direcciones de una persona son los que traen sus filas: "
            "los que ya no vienen dejan de usarse."
        )
    return told


def _arrival(layout: Layout) -> list[str]:
    """In how many files it comes, and when."""
    told = []
    if layout.parts:
        told.append(
            f"Viene en partes ({', '.join(layout.parts)}); ninguna cuenta se da por retirada hasta "
            "que lleguen todas, del mismo corte."
        )
    if layout.expected != "never":
        told.append(f"Se espera {_EXPECTED[layout.expected]}; si no llega, se les preguntará.")
    return told


def _controls(layout: Layout) -> list[str]:
    """What its content is judged with."""
    told = []
    if layout.control == "sha256":
        told.append("Control: lo acompaña un archivo del mismo nombre más `.sha256`.")
    if layout.control_file:
        told.append(_control_file(layout, layout.control_file))
    if layout.trailer and layout.records:
        told.append(_trailer(layout, layout.trailer, layout.records))
    return told


def _trailer(layout: Layout, places: TrailerPlaces, records: Records) -> str:
    """What the control record holds, and where."""
    total = "".join(
        f" y, en {_place(one.at)}, la suma de {layout.label(one.of)}"
        + (f" en {one.currency}" if one.currency else "")
        for one in places.every_sum
    )
    if places.hash_of and places.hash_total is not None:
        total += (
            f" y, en {_place(places.hash_total)}, las últimas {places.hash_digits} cifras de la "
            f"suma de {layout.label(places.hash_of)}, de cada uno solo sus cifras"
        )
    which = f"registro final `{records.trailer}`"
    if places.currency is not None:
        which += f" por moneda (que va en {_place(places.currency)})"
    return (
        f"Control: {which} con el número de registros en "
        f"{_place(places.rows)}{total}. Si no cuadra, se rechaza todo el archivo."
    )


def _control_file(layout: Layout, told: ControlFile) -> str:
    """What the control file is called, and what is done without it."""
    called = told.name.replace("{name}", "NOMBRE.ext").replace("{stem}", "NOMBRE")
    hashed = ""
    if layout.hashed:
        of, digits = layout.hashed
        hashed = (
            f" Su total de comprobación son las últimas {digits} cifras de la suma de "
            f"{layout.label(of)}, de cada uno solo sus cifras."
        )
    return (
        f"Control: lo acompaña un archivo de control que se llama `{called}` (para `NOMBRE.ext`), "
        "antes o después; hasta que llega, este espera. Si no cuadra, se rechaza todo el archivo; "
        f"un control corregido lo juzga otra vez.{hashed}"
    )


def _place(place: int | tuple[int, int]) -> str:
    if isinstance(place, int):
        return f"la columna {place + 1}"
    return f"las posiciones {place[0]} a {place[0] + place[1] - 1}"


def _portfolio(layout: Layout) -> str:
    """Which of the institution's portfolios a layout states, where it has several."""
    return f" `{layout.portfolio}`" if layout.portfolio else ""


def _standing(layout: Layout) -> str:
    """Which of two rows with one key counts."""
    if layout.kind == "placement":
        return (
            "si difieren solo en nombre, teléfonos, correo o dirección, vale la primera; si "
            "difieren en otro dato, se rechazan ambas"
        )
    if layout.kind == "adjustment":
        return "si difieren en algo más que el motivo, se rechazan ambas"
    if layout.kind in CONTRADICTED:
        return "si difieren, se rechazan ambas"
    if layout.kind in LASTING:
        return f"vale la que no trae {layout.label(LASTING[layout.kind])}; si no, la primera"
    if layout.kind not in DENIAL:
        return "vale la primera"
    return f"vale la que dice que no en {layout.label(DENIAL[layout.kind])}; si no, la primera"


def _form(layout: Layout) -> str:
    if layout.format == "statement":
        return "Extracto del banco en camt.053 o MT940, tal como el banco lo emite."
    if layout.is_book:
        names = "sin encabezado, columnas contadas desde 1"
        if layout.header:
            at = f"la fila {layout.header_row}" if layout.header_row else "la primera fila escrita"
            names = f"encabezado en {at}"
        return f"{_BOOKS[layout.format]}, hoja {layout.sheet or 'primera'}, {names}."
    text = f"Texto en {layout.encoding}"
    if layout.records and layout.records.detail:
        text += f"; cada registro de detalle comienza con `{layout.records.detail}`"
    if layout.format == "jsonl":
        return (
            f"{text}; JSON Lines: un objeto por línea, sin claves repetidas; lo que va dentro de "
            "otro objeto se nombra con puntos, y una clave que falta es un dato vacío."
        )
    if layout.format == "fixed":
        return f"{text}; ancho fijo, posiciones contadas desde 1."
    quote = f"; textos entre `{layout.quote}`" if layout.quote else ""
    header = "con encabezado" if layout.header else "sin encabezado, columnas contadas desde 1"
    return f"{text}; separado por `{layout.delimiter}`{quote}; {header}."


def _money(layout: Layout) -> str:
    if layout.implied_decimals:
        digits = f"enteros con {layout.implied_decimals} decimales implícitos"
        return f"Importes: {digits}{sign_told(layout, 'es')}{_sign_columns(layout)}."
    parts = [f"decimales con `{layout.decimal}`" if layout.decimal else "sin decimales"]
    if layout.is_book or layout.format == "jsonl":
        texts = f"; en textos, {parts[0]}" if layout.decimal else ""
        parts = [f"como números{texts}"]
    if layout.thousands:
        parts.append(f"miles con `{layout.thousands}`")
    return f"Importes: {', '.join(parts)}{sign_told(layout, 'es')}{_sign_columns(layout)}."


def _sign_columns(layout: Layout) -> str:
    """Where the sign of each amount stands, if apart."""
    signs = [
        f"el de {layout.label(name)} en {layout.label(sign_of(name))}"
        for name in layout.sign.columns
    ]
    return f" ({', '.join(signs)})" if signs else ""
