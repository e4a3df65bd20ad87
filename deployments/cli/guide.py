"""The guide for an institution, in Spanish: what to send, file by file and field by field.

Everything in it comes from the profile, so what is agreed and what is checked are the same.
"""

from __future__ import annotations

from deployments.cli.file_name import name_like
from deployments.cli.guide_facts import facts
from deployments.cli.guide_fields import KIND_TITLES
from deployments.cli.guide_table import codes, field_row
from deployments.cli.guide_values import day_of
from deployments.cli.sample_file import UNWRITTEN
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Exchange, Profile
from reports.layout_guide import FIELD_TITLES, LayoutGuide
from reports.page import Issuer


def guide(profile: Profile) -> list[str]:
    """The lines of the guide of all that is agreed, in Markdown."""
    given = profile.institution
    lines = [
        f"# Archivos de {given.name}",
        "",
        f"Entidad `{given.code}`, {given.country}, moneda {given.currency}, hora de "
        f"{given.timezone}. Perfil `{profile.digest[:12]}`.",
        "",
        *_bulleted(_sending(profile)),
        *_bulleted(_answers(profile, profile.layouts)),
    ]
    for layout in profile.layouts:
        lines += ["", *_body(layout_guide(layout, profile), "##", with_answers=False)]
    return lines


def markdown(page: LayoutGuide) -> list[str]:
    """One layout's page by itself, in Markdown."""
    lines = [f"Entidad `{page.code}`, {page.institution.name} · Perfil `{page.profile[:12]}`", ""]
    head, *rest = _body(page, "#", with_answers=True)
    return [head, "", *lines, *rest[1:]]


def layout_guide(layout: Layout, profile: Profile, agency: Issuer | None = None) -> LayoutGuide:
    """What is to be told of *layout*."""
    given = profile.institution
    until = f" hasta {layout.valid_until}" if layout.valid_until else ""
    sections: list[tuple[str, tuple[str, ...]]] = [
        ("Archivo", (_name(layout), *facts(layout))),
        ("Qué se responde", (*_sending(profile), *_answers(profile, (layout,)))),
    ]
    return LayoutGuide(
        title=f"{KIND_TITLES[layout.kind]} ({layout.version})",
        institution=Issuer(given.name, given.country, given.tax_id, given.address, given.city),
        agency=agency or Issuer(""),
        code=given.code,
        in_force=f"Vigente desde {layout.valid_from}{until}",
        made=day_of(layout),
        profile=profile.digest,
        sections=tuple(sections),
        fields=tuple(
            field_row(layout.fields[name], layout, profile.institution) for name in layout.columns
        ),
        codes=tuple(codes(layout)),
    )


def _body(page: LayoutGuide, level: str, *, with_answers: bool) -> list[str]:
    (_, file_facts), (answers, sentences) = page.sections
    lines = [f"{level} {page.title}", "", f"{page.in_force}.", "", *_bulleted(file_facts)]
    if page.fields:
        lines += ["", f"| {' | '.join(FIELD_TITLES)} |", "|---" * len(FIELD_TITLES) + "|"]
        lines += [
            "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
            for row in page.fields
        ]
    if page.codes:
        lines += ["", *_bulleted(page.codes)]
    if with_answers:
        lines += ["", f"{level}# {answers}", "", *_bulleted(sentences)]
    return lines


def _bulleted(sentences: tuple[str, ...] | list[str]) -> list[str]:
    return [f"- {sentence}" for sentence in sentences]


def _name(layout: Layout) -> str:
    name = name_like(layout.name, day_of(layout))
    like = f", como `{name}`" if name and name != layout.name else ""
    of_sample = "La muestra que acompaña esta guía es ficticia: no la envíe"
    if layout.format in UNWRITTEN:
        of_sample = f"De muestra: {UNWRITTEN[layout.format]}"
    return f"Nombre del archivo: `{layout.name}` (expresión regular){like}. {of_sample}."


def _sending(profile: Profile) -> list[str]:
    exchange = profile.exchange
    return [
        f"Deje cada archivo en `{exchange.inbox}`, con otro nombre mientras lo escribe, y "
        "renómbrelo al terminar.",
        f"Las respuestas quedan en `{exchange.outbox}`{_encrypted(exchange)}; lo recibido pasa a "
        f"`{exchange.archive}`.",
    ]


def _answers(profile: Profile, layouts: tuple[Layout, ...]) -> list[str]:
    policy = profile.policy
    return [
        "Cada archivo se responde con un acuse (`ACUSE_….csv` y `.pdf`): filas leídas, registradas "
        "y rechazadas; cada rechazo con su línea, campo, valor y motivo. Las rechazadas vuelven en "
        "`RECHAZOS_…`: complete sus columnas `CORRECCION_` y devuélvalo con su nombre, o "
        "corríjalas en el origen y envíelas en el siguiente archivo.",
        f"Un archivo con más de {policy.rejects_share_max:.0%} de filas rechazadas, o cuyo control "
        "no cuadra, se rechaza completo; corregido, puede venir con el mismo nombre.",
        *_recalls(profile, layouts),
        "Un nombre ya usado con otro contenido "
        + ("se retiene." if policy.same_name_new_content == "hold" else "se procesa de nuevo."),
    ]


def _encrypted(exchange: Exchange) -> str:
    """How the answers lie there where they are encrypted."""
    return ", cifradas para su clave (`.pgp`)" if exchange.encrypt_papers else ""


def _recalls(profile: Profile, layouts: tuple[Layout, ...]) -> list[str]:
    """What a full portfolio may leave out and a recall name, where one is among *layouts*."""
    share_max = f"más del {profile.policy.vanished_share_max * 100:g} % de las asignadas"
    told = []
    if any(one.kind == "placement" and one.snapshot == "full" for one in layouts):
        told.append(
            "Una cartera completa retira las cuentas que no nombra, y el acuse las lista. Si "
            f"faltan {share_max}, el archivo se retiene y no se registra nada."
        )
    if any(one.kind == "recall" for one in layouts):
        told.append(
            f"Un retiro que nombra {share_max} se retiene. Una cuenta retirada vuelve cuando una "
            "cartera de un corte posterior a su retiro la informa."
        )
    return told
