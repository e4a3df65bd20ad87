"""What a collection letter must not say: nothing that is, looks like or refers to court papers.

Chile (Ley 19.496 art. 37) also forbids mentioning credit registries and demands a sentence that
the letter is no execution procedure; Mexico (DOF 7 Oct 2014), Peru (Ley 29571 art. 61) and
Colombia share the first ban. The words are checked accent-folded and lower case.
"""

from __future__ import annotations

import re
import unicodedata

#: The sentence Chile requires; its words are allowed only inside it.
NOT_AN_EXECUTION = "no constituye un procedimiento de ejecucion"

JUDICIAL = (
    r"demanda(?:s|d[oa]s?|nte|r|remos)?", r"embarg\w*", r"juicios?", r"juzgados?",
    r"juez(?:a|ces)?",
    r"tribunal(?:es)?", r"sentencias?", r"citatori\w*", r"citacion(?:es)?", r"emplaz\w*",
    r"judicial(?:es|mente|izar)?", r"juridic[oa]s?", r"ejecucion", r"ejecutiv[oa] singular",
    r"mandamientos?", r"remates?", r"desalojos?", r"lanzamientos?", r"secuestr\w*",
    r"actuari[oa]s?",
    r"alguacil\w*", r"fiscalia", r"querella\w*", r"penal(?:es|mente)?", r"policia\w*", r"carcel\w*",
    r"arrest\w*", r"delitos?", r"expedientes?", r"diligencias?", r"notificacion(?:es)?",
    r"acciones legales", r"accion legal", r"ultimo requerimiento", r"requerimientos?", r"litigi\w*",
    r"pleitos?", r"incaut\w*", r"procesal\w*",
)  # fmt: skip

REGISTRY = (
    r"dicom", r"equifax", r"sinacofi", r"transunion", r"datacredito", r"cifin", r"experian",
    r"boletin(?:es)? (?:comercial|de informaci\w+)", r"registros? de (?:moros|deudor|credit)\w*",
    r"(?:lista|listado|base|bases)(?: de datos)? (?:negras?|de (?:moros|deudor)\w*)",
    r"centrales? de (?:riesgos?|informacion)", r"buros?(?: de credito)?", r"moros(?:os|idad)",
    r"(?:historial|antecedentes) (?:crediticio|comercial)\w*", r"informes? comercial(?:es)?",
    r"reportad[oa]s?", r"infocorp",
)  # fmt: skip

_JUDICIAL = re.compile(rf"\b(?:{'|'.join(JUDICIAL)})\b")
_REGISTRY = re.compile(rf"\b(?:{'|'.join(REGISTRY)})\b")


def lint_letter(text: str, country: str = "") -> list[str]:
    """Findings (Spanish), empty when the text may be sent.

    Without *country* the strictest wording applies; ``"CL"`` also demands the positive sentence.
    """
    folded = _fold(text)
    bare = folded.replace(NOT_AN_EXECUTION, "")
    found = [f"parece judicial: «{match[0]}»" for match in _JUDICIAL.finditer(bare)]
    if country in ("", "CL"):
        found += [f"menciona registros: «{match[0]}»" for match in _REGISTRY.finditer(bare)]
    if country == "CL" and NOT_AN_EXECUTION not in folded:
        found.append("falta decir que no es un procedimiento de ejecución")
    return found


def _fold(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c for c in split if not unicodedata.combining(c)).split())
