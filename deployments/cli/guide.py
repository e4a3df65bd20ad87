"""The guide for an institution, in Markdown and Spanish: what to send, field by field.

Everything in it comes from the profile, so what is agreed and what is checked are the same.
"""

from __future__ import annotations

from deployments.cli.guide_fields import MEANING, WORDS, example
from recupero.profiles.fields import CONTRADICTED, DENIAL, KEYS, Canonical
from recupero.profiles.layout import Layout, sign_of
from recupero.profiles.profile import Exchange, Profile

_KINDS = {
    "placement": "Cartera asignada", "payment": "Pagos y reversos", "effort": "Gestiones",
    "consent": "Autorizaciones de contacto", "attestation": "Declaraciones del acreedor",
    "write_off": "Instrucciones de castigo", "roster": "Gestores",
    "statement": "Extracto bancario",
}  # fmt: skip
_TYPES = {
    "text": "texto", "identity": "documento", "amount": "importe", "date": "fecha",
    "datetime": "fecha y hora", "integer": "entero", "boolean": "sí o no",
}  # fmt: skip
_BOOKS = {
    "xlsx": "Libro de Excel (.xlsx)", "xls": "Libro de Excel 97-2003 (.xls)",
    "ods": "Hoja de OpenDocument (.ods)",
}  # fmt: skip
_DIRECTIVES = {"%d": "dd", "%m": "mm", "%Y": "aaaa", "%H": "hh", "%M": "mm", "%S": "ss"}


def guide(profile: Profile) -> list[str]:
    """The lines of the guide."""
    given, exchange, policy = profile.institution, profile.exchange, profile.policy
    lines = [
        f"# Archivos de {given.name}",
        "",
        f"Entidad `{given.code}`, {given.country}, moneda {given.currency}, hora de "
        f"{given.timezone}. Perfil `{profile.digest[:12]}`.",
        "",
        f"- Deje cada archivo en `{exchange.inbox}`, con otro nombre mientras lo escribe, y "
        "renómbrelo al terminar.",
        f"- Las respuestas quedan en `{exchange.outbox}`{_encrypted(exchange)}; lo recibido pasa a "
        f"`{exchange.archive}`.",
        f"- Un archivo con más de {policy.rejects_share_max:.0%} de filas rechazadas se rechaza "
        "completo.",
        *_recalls(profile),
        "- Un nombre ya usado con otro contenido "
        + ("se retiene." if policy.same_name_new_content == "hold" else "se procesa de nuevo."),
    ]
    for layout in profile.layouts:
        lines += ["", *_layout(layout, profile)]
    return lines


def _encrypted(exchange: Exchange) -> str:
    """How the answers lie there where they are encrypted."""
    return ", cifradas para su clave (`.pgp`)" if exchange.encrypt_papers else ""


def _recalls(profile: Profile) -> list[str]:
    """What a full portfolio may leave out, where there is one."""
    if not any(one.kind == "placement" and one.snapshot == "full" for one in profile.layouts):
        return []
    return [
        "- Una cartera completa retira las cuentas que no nombra, y el acuse las lista. Si faltan "
        f"más del {profile.policy.vanished_share_max * 100:g} % de las asignadas, el archivo se "
        "retiene y no se registra nada.",
    ]


def example_row(layout: Layout, profile: Profile) -> dict[str, str]:
    """An example for each field that a column carries, by canonical name."""
    given = profile.institution
    return {
        name: example(field, layout, given.country, given.currency)
        for name, field in layout.fields.items()
        if name in layout.columns
    }


def _layout(layout: Layout, profile: Profile) -> list[str]:
    until = f" hasta {layout.valid_until}" if layout.valid_until else ""
    lines = [
        f"## {_KINDS[layout.kind]} ({layout.version})",
        "",
        f"Vigente desde {layout.valid_from}{until}. Nombre del archivo: `{layout.name}` "
        "(expresión regular).",
        "",
        *(f"- {fact}" for fact in _facts(layout)),
    ]
    if not layout.columns:
        return lines
    examples = example_row(layout, profile)
    lines += ["", "| Campo | Contenido | Tipo | Obligatorio | Ejemplo |", "|---|---|---|---|---|"]
    for name in layout.columns:
        cells = _cells(layout.fields[name], layout, examples[name])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, *_words(layout), *_constants(layout)]


def _facts(layout: Layout) -> list[str]:
    facts = [_form(layout)]
    if any(layout.fields[name].type == "amount" for name in layout.columns):
        facts.append(_money(layout))
    if layout.dates:
        facts.append(f"Fechas: `{_spelled(layout.dates)}`.")
    if layout.datetimes and layout.kind == "effort":
        facts.append(f"Fecha y hora: `{_spelled(layout.datetimes)}`.")
    if layout.kind == "placement":
        facts.append(
            f"Cada archivo trae toda la cartera{_portfolio(layout)}: una cuenta que falta se "
            "entiende retirada."
            if layout.snapshot == "full"
            else f"Cada archivo trae solo las cuentas nuevas o que cambiaron{_portfolio(layout)}."
        )
        if {"phone", "phone_2", "email", "address"} & layout.declared:
            facts.append(
                "Los teléfonos, correos y direcciones de una persona son los que traen sus filas: "
                "los que ya no vienen dejan de usarse."
            )
    if layout.control == "sha256":
        facts.append("Control: lo acompaña un archivo del mismo nombre más `.sha256`.")
    if layout.trailer and layout.records:
        total = f", y la suma de {layout.label(layout.trailer.sum_of)}" if layout.trailer.sum_of \
            else ""  # fmt: skip
        facts.append(f"Control: registro final `{layout.records.trailer}` con el número de "
                     f"registros{total}. Si no cuadra, se rechaza todo el archivo.")  # fmt: skip
    if keys := KEYS[layout.kind]:
        named = ", ".join(layout.label(key) for key in keys)
        facts.append(f"Dos filas con igual {named}: {_standing(layout)}.")
    return facts


def _portfolio(layout: Layout) -> str:
    """Which of the institution's portfolios a layout states, where it has several."""
    return f" `{layout.portfolio}`" if layout.portfolio else ""


def _standing(layout: Layout) -> str:
    """Which of two rows with one key counts."""
    if layout.kind in CONTRADICTED:
        return (
            "si difieren solo en nombre, teléfonos, correo o dirección, vale la primera; si "
            "difieren en otro dato, se rechazan ambas"
        )
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
        return f"Importes: {digits}{layout.sign.told}{_sign_columns(layout)}."
    parts = [f"decimales con `{layout.decimal}`" if layout.decimal else "sin decimales"]
    if layout.is_book or layout.format == "jsonl":
        texts = f"; en textos, {parts[0]}" if layout.decimal else ""
        parts = [f"como números{texts}"]
    if layout.thousands:
        parts.append(f"miles con `{layout.thousands}`")
    return f"Importes: {', '.join(parts)}{layout.sign.told}{_sign_columns(layout)}."


def _sign_columns(layout: Layout) -> str:
    """Where the sign of each amount stands, if apart."""
    signs = [
        f"el de {layout.label(name)} en {layout.label(sign_of(name))}"
        for name in layout.sign.columns
    ]
    return f" ({', '.join(signs)})" if signs else ""


def _cells(field: Canonical, layout: Layout, value: str) -> list[str]:
    kind = _TYPES[field.type]
    if field.name in layout.values:
        kind = "código"
    place = layout.label(field.name)
    return [
        place if isinstance(layout.columns[field.name], int | tuple) else f"`{place}`",
        MEANING[field.name],
        kind,
        "sí" if _required(field, layout) else "no",
        f"`{value}`" if value else "",
    ]


def _required(field: Canonical, layout: Layout) -> bool:
    """Required by its kind, or the only one of the two that say how late an account is."""
    overdue = {"due_date", "days_past_due"}
    alone = layout.kind == "placement" and layout.declared & overdue == {field.name}
    return (field.required and field.absent is None) or alone


def _words(layout: Layout) -> list[str]:
    """The codes agreed for each field that has them."""
    lines = []
    for name, mapped in layout.values.items():
        told = ", ".join(f"`{word}` = {WORDS.get(str(v), str(v))}" for word, v in mapped.items())
        lines.append(f"- Códigos de {layout.label(name)}: {told}.")
    return ["", *lines] if lines else []


def _constants(layout: Layout) -> list[str]:
    """What the file need not say because it was agreed."""
    told = [
        f"{MEANING[name].split(',')[0].lower()}: "
        + ("la fecha de proceso" if value == "business_date" else WORDS.get(str(value), str(value)))
        for name, value in layout.constants.items()
    ]
    return ["", f"Acordado para todo el archivo: {'; '.join(told)}."] if told else []


def _spelled(form: str) -> str:
    for directive, letters in _DIRECTIVES.items():
        form = form.replace(directive, letters)
    return form
