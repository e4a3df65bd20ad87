"""Where everything meets: one module a step, plain Python, usable without Prefect."""
