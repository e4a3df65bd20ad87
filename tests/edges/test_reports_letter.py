"""Letters: what they must say, must never say, and that they always fit their page."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
import segno
from pypdf import PdfReader

from recupero.errors import Fault, Refused
from reports.letter import Letter, letter_text, lint_letter, render_letters
from reports.letter_page import QR_SIDE
from reports.letter_text import RIGHTS, STAGES
from reports.page import Issuer
from reports.qr import dark_runs
from tests.golden.report_inputs import AGENCY, DAY, INSTITUTION, letter

CASES = [(country, stage) for country in RIGHTS for stage in STAGES]


def text_of(one: Letter, agency: Issuer = AGENCY) -> str:
    """The letter's text as a reader extracts it from the PDF, line breaks undone."""
    content = render_letters([one], INSTITUTION[one.country], agency, DAY)
    return " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


@pytest.mark.parametrize(("country", "stage"), CASES)
def test_every_template_passes_the_lint(country: str, stage: str) -> None:
    one = letter(country, stage)
    assert lint_letter(letter_text(one, INSTITUTION[country], AGENCY, DAY), country) == []
    assert lint_letter(text_of(one), country) == []


@pytest.mark.parametrize(
    "bad",
    [
        "Presentaremos una demanda en su contra.",
        "ÚLTIMO REQUERIMIENTO",
        "Evite el embargo de sus bienes",
        "Juzgado 12 Civil",
        "Citación: preséntese",
        "Expediente 2026-001",
        "cobro judicial",
        "procedimiento de ejecución",
        "Será reportado a DICOM",
        "boletín comercial",
        "su historial crediticio",
        "registro de deudores morosos",
    ],
)
def test_a_bad_text_is_refused(bad: str) -> None:
    assert lint_letter(bad)


def test_registries_are_banned_in_chile_only_and_its_sentence_is_required() -> None:
    assert lint_letter("central de riesgo", "CO") == []
    assert lint_letter("Hola", "CO") == []
    assert lint_letter("Hola", "CL") == ["falta decir que no es un procedimiento de ejecución"]
    assert lint_letter("Esto NO constituye un\nprocedimiento de ejecución.", "CL") == []


@pytest.mark.parametrize(
    ("country", "required"),
    [
        ("CO", ["canales que usted autorizó", "de 7:00 a 19:00", "sábados de 8:00 a 15:00"]),
        ("CL", ["no constituye un procedimiento de ejecución", "se hagan por escrito",
                "pagar directamente a Comercial Austral SpA", "a lo más una vez por semana"]),
        ("MX", ["Responsable: Lic. Mariana Ortega Núñez", "El despacho no recibe pagos",
                "+57 601 555 0134", "Acreedor: Financiera del Bajío", "de 7:00 a 22:00"]),
        ("PE", ["entre las 20:00 y las 7:00", "Libro de Reclamaciones", "Indecopi"]),
    ],
)  # fmt: skip
def test_required_statements_are_printed(country: str, required: list[str]) -> None:
    text = text_of(letter(country))
    assert [part for part in required if part not in text] == []


def test_a_letter_carries_its_proof_and_its_figures() -> None:
    text = text_of(letter())
    for part in (
        "Bogotá, 27 de noviembre de 2026", "CAR-2026-11-27-000001", "PER-000000000001",
        "0013004500000001", "$ 2.857.133,22", "Pague únicamente a Banco Andino S.A.",
        "no recibe dinero", "María Fernanda Ñáñez Güiza", "desde hace 12 días",
    ):  # fmt: skip
        assert part in text


def test_one_page_a_letter_in_the_order_given() -> None:
    batch = [letter("PE", "comercial", n) for n in (7, 3, 5)]
    pages = PdfReader(io.BytesIO(render_letters(batch, INSTITUTION["PE"], AGENCY, DAY))).pages
    assert [f"CAR-2026-11-27-{n:06d}" in page.extract_text()
            for n, page in zip((7, 3, 5), pages, strict=True)] == [True] * 3  # fmt: skip
    assert [round(side) for side in pages[0].mediabox[2:]] == [595, 842]


LONGEST = replace(
    letter("CL", "juridica"),
    debtor_name="Sociedad Comercializadora e Importadora de Insumos Agroindustriales " * 4,
    address="Avenida Libertador General Bernardo O’Higgins 123456, oficina 1204-B, " * 4,
    account_number="9" * 60,
    product="crédito con garantía estatal para microempresas del sector agropecuario " * 2,
    components=tuple((name, 9_000_000_000_000_000) for name in
                     ("principal", "interest", "default_interest", "fees", "expenses")),
    total_minor=45_000_000_000_000_000,
    interest_detail="Intereses a la tasa pactada de 1,80 % mensual desde el vencimiento. " * 3,
    fees_detail="Gastos por dos gestiones telefónicas y una carta, según tarifa publicada. " * 3,
)  # fmt: skip


def test_the_longest_letter_fits_one_page() -> None:
    content = render_letters([LONGEST], INSTITUTION["CL"], AGENCY, DAY)
    (page,) = PdfReader(io.BytesIO(content)).pages
    text = page.extract_text()
    assert "$ 45.000.000.000.000.000" in text
    assert "No informamos su atraso a terceros." in " ".join(text.split())


def test_a_letter_that_cannot_fit_is_a_fault_not_a_cut() -> None:
    endless = replace(LONGEST, interest_detail="Detalle de la liquidación de intereses. " * 400)
    with pytest.raises(Fault, match="does not fit"):
        render_letters([endless], INSTITUTION["CL"], AGENCY, DAY)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"stage": "castigada"}, Refused),
        ({"country": "US"}, Refused),
        ({"total_minor": 1}, Fault),
        ({"components": {"capital": 285_713_322}}, Fault),
        ({"product": "crédito en etapa de embargo"}, Refused),
    ],
)
def test_a_letter_that_must_not_be_written_is_refused(
    change: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        render_letters([replace(letter(), **change)], INSTITUTION["CO"], AGENCY, DAY)
    assert "Ñáñez" not in str(caught.value)


def test_mexico_needs_the_agency_identified() -> None:
    with pytest.raises(Refused, match="responsible"):
        text_of(letter("MX"), replace(AGENCY, responsible=""))


def test_a_name_outside_the_font_is_legible() -> None:
    text = text_of(replace(letter(), debtor_name="Yağız 中 Łukasz {nb} ◊◊"))
    assert "Yagız [U+4E2D] Łukasz {nb} <><>" in text


def test_the_code_on_the_page_is_the_reference() -> None:
    """The raster's modules, sampled at their centres, are those of the library's own code."""
    one = letter()
    content = render_letters([one], INSTITUTION["CO"], AGENCY, DAY)
    scale = 8.0
    image = pypdfium2.PdfDocument(content)[0].render(scale=scale).to_pil().convert("L")
    side, _ = dark_runs(one.account_number)
    dot = scale * 72 / 25.4
    right, left = int((215.9 - 22 - 5) * dot), int((215.9 - 22 - 5 - QR_SIDE) * dot)
    band = image.crop((left, int(150 * dot), right + 2, int(235 * dot)))
    dark = [row for row in range(band.height) if any(band.getpixel((x, row)) < 20 for x in (3, 9))]
    finder = next(row for row in dark if all(band.getpixel((x, row)) < 20 for x in range(3, 60, 8)))
    module = QR_SIDE / side * dot
    expected = segno.make_qr(one.account_number, error="m", mask=3, boost_error=False)
    seen = [
        [band.getpixel((int((c + 0.5) * module), finder + int((r + 0.5) * module))) < 128
         for c in range(side)]
        for r in range(side)
    ]  # fmt: skip
    assert seen == [[bool(cell) for cell in row] for row in expected.matrix]
