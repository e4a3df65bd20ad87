"""What an institution is told, in its language, where not the screening but the ledger, or the file
as a whole, is the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from recupero.profiles.language import Language
from recupero.steps.reasons_in_english import ENGLISH, Told
from schemas.message_texts import MESSAGES

#: By rule: why a row or a whole file was rejected, or what the doubt is, and what to do about it.
_SPANISH: Mapping[str, Told] = {
    "unknown_account": ("la cuenta no está asignada", "Asigne la cuenta antes de informarla."),
    "not_opened_yet": (
        "no se conoce la cuenta o la persona; puede venir en un archivo suyo que aún no pudimos "
        "abrir",
        "Cuando reciba el acuse de ese archivo, envíe de nuevo la fila.",
    ),
    "unknown_person": (
        "ninguna persona conocida tiene esta identificación; el retiro se guarda y aún no "
        "detiene ningún contacto",
        "Si es un deudor asignado, envíe el retiro con la identificación con que se asignó.",
    ),
    "currency_changed": (
        "la obligación está registrada en otra moneda; la cuenta queda como estaba",
        "Corrija la moneda, o asígnela en la nueva moneda con otro número de obligación.",
    ),
    "outdated_row": (
        "la fila es de un corte anterior al último ya registrado de la cuenta: aplicarla desharía "
        "lo que aquel informó; la cuenta queda como estaba",
        "Envíe la cuenta con sus cifras al corte vigente.",
    ),
    "balance_up": (
        "el saldo supera el ya conocido más los cargos nuevos",
        "Compruebe el saldo, los pagos que se le informaron y los cargos; corríjalo si no es así.",
    ),
    "due_date_back": (
        "vence antes de lo ya informado",
        "Compruebe la fecha o los días de mora; corríjalos si no es así.",
    ),
    "debtor_changed": (
        "la cuenta era de otro deudor",
        "Compruebe la identificación; corríjala si no es así.",
    ),
    "id_reused": (
        "el número era de otra obligación: otro deudor, y otra apertura u otro producto, o la "
        "cuenta se había retirado",
        "Dé a cada obligación un número propio.",
    ),
    "duplicate_content": ("el mismo contenido ya fue recibido", ""),
    "same_name_new_content": (
        "ya se recibió un archivo con este nombre y otro contenido; queda retenido",
        "Confirme cuál es el válido o envíelo con otro nombre.",
    ),
    "statement_booked_before": (
        "el extracto ya se registró",
        "Nada: sus partidas están registradas.",
    ),
    "statement_missing_before": (
        "puede faltar un extracto anterior",
        "Si falta un extracto anterior, envíelo; este queda registrado.",
    ),
    "repair_unknown": ("", "Devuelva la fila con la referencia que trae el archivo de rechazos."),
    "repair_altered": ("", "Ponga el valor correcto en su columna de corrección."),
    "repair_done": ("", "Si hay que cambiarla otra vez, envíela en un archivo nuevo."),
    "repair_overtaken": ("", "Envíe la fila en la próxima lista."),
    "repair_contradicts": ("", "Corrija la clave, o envíe lo que vale en un archivo nuevo."),
    "repair_repeated": ("", "Deje una sola fila con la corrección que vale."),
    "not_identified": (
        "ningún formato acordado corresponde al nombre y al encabezado",
        "Revise el nombre del archivo y sus columnas.",
    ),
    "person_not_known": (
        "ninguna persona conocida tiene esta identificación; no se cambió ningún dato",
        "Envíe la identificación con que se asignó a la persona.",
    ),
    "person_otherwise": (
        "de esta persona la cartera, u otra fila del archivo, trae otro nombre u otros datos de "
        "contacto; quedan aquellos",
        "Si los de esta fila son los vigentes, envíelos como actualización de la persona.",
    ),
    "other_currency": (
        "la obligación está registrada en otra moneda",
        "Envíe los importes en la moneda de la obligación.",
    ),
    "outdated_fact": (
        "la fila es anterior a lo ya registrado: aplicarla desharía lo que se informó después; "
        "queda lo registrado",
        "Si el dato ha vuelto a cambiar, envíelo con la fecha del cambio.",
    ),
    "recalled_since": (
        "la cuenta se retiró con un retiro de la fecha de este corte o posterior; sigue retirada",
        "Si la asigna de nuevo, infórmela con un corte posterior al retiro.",
    ),
    "unnamed_since": (
        "una cartera de corte posterior, ya registrada, no nombra la cuenta o rechazó su fila; no "
        "se asigna",
        "Si la asigna, infórmela con sus cifras al corte vigente.",
    ),
    "recalled_before": (
        "el retiro es anterior al último corte que informó la cuenta como asignada; la cuenta "
        "queda como estaba",
        "Si la retira, envíe el retiro con su fecha vigente.",
    ),
    "adjustment_id_reused": (
        "ya se registró un movimiento con este identificador y otro contenido; vale el primero",
        "Si es otro movimiento, envíelo con su propio identificador; si corrige el primero, envíe "
        "la diferencia como corrección.",
    ),
    "written_off": (
        "la cuenta está castigada: ya no tiene saldo que mover",
        "Si el castigo ya no vale, acuérdelo con la agencia.",
    ),
    "component_below_zero": (
        "con los movimientos de la cuenta en este archivo un componente quedaría por debajo de "
        "cero; no se registra ninguno de ellos",
        "Revise los importes; lo que la cuenta debe de verdad infórmelo en la cartera.",
    ),
}
REASONS: Mapping[Language, Mapping[str, Told]] = {"es": _SPANISH, "en": ENGLISH}

#: Of a file refused for its rejects nothing was taken, so one line of it is no answer.
IN_WHOLE: Mapping[Language, str] = {
    "es": "Corrija la fila y envíe el archivo completo.",
    "en": "Correct the row and send the complete file.",
}
#: Rules whose refusals are built in the institution's language already.
_TOLD = frozenset({"too_many_rejects"})


def told_of_file(rule: str, reason: str, mend: str, language: Language) -> Told:
    """Why a whole file was not booked, and what to do: *reason* and *mend* are Spanish, or empty
    where the rule says it all. In another language they follow the rule's own words.
    """
    usual_reason, usual_mend = REASONS[language].get(rule, ("", ""))
    if language == "es" or rule in _TOLD:
        return reason or usual_reason, mend or usual_mend
    usual_reason = usual_reason or "the file cannot be booked"
    if not reason:
        return usual_reason, usual_mend
    return f"{usual_reason} (in detail, in Spanish: {reason.rstrip('.')})", usual_mend


def told_of_row(rule: str, message: str, language: Language) -> Told:
    """What screening says of a row, and what to do: of bank statements it speaks Spanish alone."""
    if language != "es" and rule not in MESSAGES[language]:
        return told_of_file(rule, message, "", language)
    return message, REASONS[language].get(rule, ("", ""))[1]
