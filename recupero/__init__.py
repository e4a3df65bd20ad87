"""The core of Recupero. It never imports Prefect.

The folder names are the floors; a module imports only from lower ones::

    4  steps
    3  store | exchange | statements      (with the top-level schemas | reports)
    2  profiles
    1  rules | packs
    0  errors | money | dates | settings | durable
"""
