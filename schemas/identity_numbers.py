"""Identity numbers by country and type: the shape of each and the check characters it carries.

As python-stdnum judges them, which is the oracle of the tests. A type that is not here has no
check we can make. Numbers are spelled as ``convert`` leaves them: upper case, no separators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DIGITS = "0123456789"
#: No number here is longer, prefixes included.
WIDTH = 18


@dataclass(frozen=True, slots=True)
class Check:
    """The character *after* characters from the end, which follows from all those before it.

    weights     of the characters before it, the nearest first; the others count nothing
    modulus     of the sum of weights times values
    characters  the right one for each remainder; ``?`` where no number is right
    alphabets   a character's value is its place in the one that has it
    folded      a product above nine counts nine less (Luhn)
    """

    weights: tuple[int, ...]
    modulus: int
    characters: str
    after: int = 0
    alphabets: tuple[str, ...] = (DIGITS,)
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A way to be valid: of *shape* whole, *never* of that one, every check right."""

    shape: str
    checks: tuple[Check, ...] = ()
    never: str = ""


def _each(shape: str, checks: tuple[Check, ...]) -> tuple[Form, ...]:
    """One form of *shape* for each check: either character is right."""
    return tuple(Form(shape, (check,)) for check in checks)


#: Two digits of a year, month and day; 29 February in years that four divides.
_DATE = (
    r"(?:[0-9]{2}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[02468][048]|[13579][26])0229)"
)
#: Beginnings that the SAT does not give to persons.
_RFC_WORDS = (
    "BUEI|BUEY|CACA|CACO|CAGA|CAGO|CAKA|CAKO|COGE|COJA|COJE|COJI|COJO|CULO|FETO|GUEY|JOTO|KACA|"
    "KACO|KAGA|KAGO|KAKA|KOGE|KOJO|KULO|MAME|MAMO|MEAR|MEAS|MEON|MION|MOCO|MULA|PEDA|PEDO|PENE|"
    "PUTA|PUTO|QULO|RATA|RUIN"
)
#: Beginnings that the RENAPO does not give.
_CURP_WORDS = (
    "BACA|BAKA|BUEI|BUEY|CACA|CACO|CAGA|CAGO|CAKA|CAKO|COGE|COGI|COJA|COJE|COJI|COJO|COLA|CULO|"
    "FALO|FETO|GETA|GUEI|GUEY|JETA|JOTO|KACA|KACO|KAGA|KAGO|KAKA|KAKO|KOGE|KOGI|KOJA|KOJE|KOJI|"
    "KOJO|KOLA|KULO|LILO|LOCA|LOCO|LOKA|LOKO|MAME|MAMO|MEAR|MEAS|MEON|MIAR|MION|MOCO|MOKO|MULA|"
    "MULO|NACA|NACO|PEDA|PEDO|PENE|PIPI|PITO|POPO|PUTA|PUTO|QULO|RATA|ROBA|ROBE|ROBO|RUIN|SENO|"
    "TETA|VACA|VAGA|VAGO|VAKA|VUEI|VUEY|WUEI|WUEY"
)
_CURP_STATES = (
    "AS|BC|BS|CC|CH|CL|CM|CS|DF|DG|GR|GT|HG|JC|MC|MN|MS|NE|NL|NT|OC|PL|QR|QT|SL|SP|SR|TC|TL|TS|"
    "VZ|YN|ZS"
)

_NIT = Form(
    r"[0-9]{8,16}",
    (Check((3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71), 11, "01987654321"),),
)
_RUT = Form(r"(?:CL)?[0-9]{7,8}[0-9K]", (Check((9, 8, 7, 6, 5, 4, 9, 8), 11, "0123456789K"),))
#: The homoclave's last character is not checked: numbers in use are wrong there, some 1.5 %.
_RFC = (
    Form(rf"[A-Z&Ñ]{{4}}{_DATE}(?:[0-9A-Z]{{3}})?", never=f"^(?:{_RFC_WORDS})"),
    Form(rf"[A-Z&Ñ]{{3}}{_DATE}[0-9A-Z]{{3}}"),
)
#: A digit in the last place but one: born before 2000, and 1900 was no leap year.
_CURP = Form(
    rf"[A-Z]{{4}}{_DATE}[HM](?:{_CURP_STATES})[A-Z]{{3}}[0-9A-Z][0-9]",
    (
        Check(
            tuple(range(2, 19)),
            10,
            "0987654321",
            alphabets=("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ",),
        ),
    ),
    never=rf"^(?:{_CURP_WORDS})|^.{{4}}000229.{{6}}[0-9]",
)
_TWO_TO_SEVEN = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5)
_PE_RUC = Form(r"(?:10|15|17|20)[0-9]{9}", (Check(_TWO_TO_SEVEN, 11, "10987654321"),))

#: The number itself modulo 23: the powers of ten.
_SPANISH_LETTER = Check((1, 10, 8, 11, 18, 19, 6, 14), 23, "TRWAGMYFPDXBNJZSQVHLCKE")
_NIE_LETTER = Check(_SPANISH_LETTER.weights, 23, _SPANISH_LETTER.characters, 0, (DIGITS, "XYZ"))
_ALTERNATE = (2, 1, 2, 1, 2, 1, 2, 1, 2)
_CIF_CHECKS = tuple(
    Check(_ALTERNATE[:7], 10, characters, folded=True)
    for characters in ("0987654321", "JIHGFEDCBA")
)
_CIF_SHAPE = r"[ABCDEFGHJNPQRSUVW][0-9]{7}[0-9A-J]"
_NIF = (
    Form(r"(?:ES)?[0-9]{8}[A-Z]", (_SPANISH_LETTER,)),
    Form(r"(?:ES)?[XYZ][0-9]{7}[A-Z]", (_NIE_LETTER,)),
    Form(r"(?:ES)?[KLM][0-9]{7}[A-Z]", (_SPANISH_LETTER,)),
    *_each(rf"(?:ES)?{_CIF_SHAPE}", _CIF_CHECKS),
)

_PROVINCE = r"(?:0[1-9]|1[0-9]|2[0-4]|30|50)"
_CEDULA_CHECK = Check(_ALTERNATE, 10, "0987654321", folded=True)
_OWED = "0?987654321"
_EC_RUC = (
    Form(
        rf"{_PROVINCE}[0-6][0-9]{{10}}",
        (Check(_ALTERNATE, 10, "0987654321", after=3, folded=True),),
        never="000$",
    ),
    Form(
        rf"{_PROVINCE}[69][0-9]{{10}}",
        (Check((2, 3, 4, 5, 6, 7, 2, 3), 11, _OWED, after=4),),
        never="0000$",
    ),
    Form(
        rf"{_PROVINCE}9[0-9]{{10}}",
        (Check((2, 3, 4, 5, 6, 7, 2, 3, 4), 11, _OWED, after=3),),
        never="000$",
    ),
)
_CUIT = Form(
    r"(?:20|23|24|27|30|33|34|50|51|55)[0-9]{9}", (Check(_TWO_TO_SEVEN, 11, "09987654321"),)
)
_CPF = Form(
    r"[0-9]{11}",
    tuple(
        Check(tuple(range(2, last)), 11, "00987654321", after) for last, after in ((11, 1), (12, 0))
    ),
    never="^0+$",
)
_TWO_TO_NINE = (2, 3, 4, 5, 6, 7, 8, 9) * 2
#: A letter is worth its code less that of zero.
_BY_CODE = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CNPJ = Form(
    r"[0-9A-Z]{12}[0-9]{2}",
    tuple(
        Check(_TWO_TO_NINE[:count], 11, "00987654321", after, (_BY_CODE,))
        for count, after in ((12, 1), (13, 0))
    ),
    never="^0{12}",
)

#: By country and type; one form that fits is enough.
FORMS: Mapping[tuple[str, str], tuple[Form, ...]] = {
    ("AR", "CUIL"): (_CUIT,),
    ("AR", "CUIT"): (_CUIT,),
    ("AR", "DNI"): (Form(r"[0-9]{7,8}"),),
    ("BR", "CNPJ"): (_CNPJ,),
    ("BR", "CPF"): (_CPF,),
    ("CL", "RUN"): (_RUT,),
    ("CL", "RUT"): (_RUT,),
    # A Colombian cédula has no check digit; files with fixed columns fill it up with zeros.
    ("CO", "CC"): (Form(r"0*[1-9][0-9]{0,9}"),),
    ("CO", "NIT"): (_NIT,),
    ("EC", "CI"): (Form(rf"{_PROVINCE}[0-6][0-9]{{7}}", (_CEDULA_CHECK,)),),
    ("EC", "RUC"): _EC_RUC,
    ("ES", "CIF"): _each(_CIF_SHAPE, _CIF_CHECKS),
    ("ES", "DNI"): (Form(r"[0-9]{8}[A-Z]", (_SPANISH_LETTER,)),),
    ("ES", "NIE"): (Form(r"[XYZ][0-9]{7}[A-Z]", (_NIE_LETTER,)),),
    ("ES", "NIF"): _NIF,
    ("MX", "CURP"): (_CURP,),
    ("MX", "RFC"): _RFC,
    # The check digit of a Peruvian DNI is not part of the number.
    ("PE", "DNI"): (Form(r"[0-9]{8}"),),
    ("PE", "RUC"): (_PE_RUC,),
}
