"""Identity numbers with right check digits, made up: NIT, RUT, RFC, DNI and RUC."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from random import Random

NIT_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41)
RUC_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
RFC_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
#: Four-letter beginnings the SAT replaces; two vowels in the second place make most of them.
RFC_AVOIDED = (
    "BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COJA COJE COJI COJO CULO FETO GUEY JOTO KACA "
    "KACO KAGA KAGO KOGE KOJO KAKA KULO LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MION MOCO MULA "
    "PEDA PEDO PENE PUTA PUTO QULO RATA RUIN"
)


def nit(body: int) -> str:
    """Colombian tax number ``900123456-8`` from nine digits (DIAN, modulus 11)."""
    digits = f"{body:09d}"
    weighted = sum(w * int(d) for w, d in zip(NIT_WEIGHTS, reversed(digits), strict=True))
    check = "01987654321"[weighted % 11]
    return f"{digits}-{check}"


def rut(body: int) -> str:
    """Chilean number ``12345678-5`` (Registro Civil, modulus 11, weights 2 to 7)."""
    weighted = sum((2 + place % 6) * int(d) for place, d in enumerate(reversed(str(body))))
    check = "0K987654321"[weighted % 11]
    return f"{body}-{check}"


def rfc_check(number: str) -> str:
    """Last character of a Mexican RFC from the first eleven or twelve (SAT, modulus 11)."""
    padded = number.rjust(12)
    weighted = sum((13 - place) * RFC_ALPHABET.index(c) for place, c in enumerate(padded))
    return "0A987654321"[weighted % 11]


def rfc_person(rng: Random, given: str, first: str, second: str) -> str:
    """RFC of a person: letters of the names, date of birth, random homoclave, check digit."""
    paternal = _letters(first)
    vowel = next((c for c in paternal[1:] if c in "AEIOU"), "X")
    start = paternal[0] + vowel + _letters(second)[0] + _letters(given)[0]
    if start in RFC_AVOIDED:
        start = start[:3] + "X"
    born = date(1955, 1, 1) + timedelta(days=rng.randrange(17_000))
    return _rfc(rng, start, born)


def rfc_firm(rng: Random, name: str) -> str:
    """RFC of a company: three letters of its name, date of incorporation, check digit."""
    words = [_letters(word) for word in name.split()]
    start = "".join(word[0] for word in words[:3])
    born = date(1990, 1, 1) + timedelta(days=rng.randrange(12_000))
    return _rfc(rng, start, born)


def _rfc(rng: Random, start: str, born: date) -> str:
    homoclave = "".join(rng.choices("123456789ABCDEFGHIJKLMNPQRSTUV", k=2))
    number = f"{start}{born:%y%m%d}{homoclave}"
    return number + rfc_check(number)


def ruc(prefix: int, body: int) -> str:
    """Peruvian tax number, eleven digits: 10 + DNI for people, 20 + eight digits for firms."""
    digits = f"{prefix}{body:08d}"
    weighted = sum(w * int(d) for w, d in zip(RUC_WEIGHTS, digits, strict=True))
    return f"{digits}{(11 - weighted % 11) % 10}"


def plain(text: str) -> str:
    """*text* in ASCII: accents dropped, ``ñ`` as ``n``."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _letters(text: str) -> str:
    return "".join(c for c in plain(text).upper() if c.isalpha())
