"""Steps as Prefect tasks: retries, time limits, names and artifacts; no other logic."""
