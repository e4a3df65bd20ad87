"""Law as data: one TOML file per country; every rule names its norm, dates and confidence."""
