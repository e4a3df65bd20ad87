"""An incident told once: a warning, an event that an automation can wait for, a table of the run.

Kinds, counts and times only, and what the server did; never a file's name.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from prefect import get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.events import emit_event

from recupero.steps.incident import TO_DO, Incident
from tasks.conducted import discreet


@discreet
def tell(incident: Incident) -> None:
    """Tell that *incident* opened or ended; told again, it is the same event."""
    try:
        _tell(incident)
    except Exception as error:
        get_run_logger().warning(
            "%s %s: telling of %s failed, the next run tells it: %s",
            incident.institution, incident.side, incident.kind, type(error).__qualname__,
        )  # fmt: skip
        raise


def _tell(incident: Incident) -> None:
    became = "opened" if incident.closed_at is None else "closed"
    where = f"{incident.institution} {incident.side}"
    resource = f"recupero.exchange.{incident.institution}.{incident.side}"
    told = {
        "incident": became,
        "side": incident.side,
        "kind": incident.kind,
        "since": f"{incident.opened_at:%Y-%m-%d %H:%M %Z}",
        "failures": incident.times,
        "last": incident.detail,
        "to_do": TO_DO[incident.kind] if incident.closed_at is None else "",
    }
    rest = told["to_do"] or f"{incident.times} failures since {told['since']}"
    get_run_logger().warning(
        "%s: %s %s: %s; %s", where, incident.kind, became, incident.detail, rest
    )
    emit_event(
        f"recupero.incident.{became}",
        resource={"prefect.resource.id": resource, "prefect.resource.name": where},
        payload={"institution": incident.institution, "number": incident.number, **told},
        id=uuid5(NAMESPACE_URL, f"{resource}/{incident.kind}/{incident.number}/{became}"),
    )
    create_table_artifact(
        [told],
        key=f"incident-{incident.institution.strip('_')}-{incident.side}",
        description=f"{where} · {incident.kind} {became}",
    )
