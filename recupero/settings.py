"""Settings from the environment (``RECUPERO_*``), frozen and validated at load."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from recupero.errors import SettingsError

_PATHS = ("home", "institutions", "secrets", "master_key_file")


class Settings(BaseSettings):
    """Everything an installation may set.

    Without ``RECUPERO_DATABASE_URL`` the program runs its own PostgreSQL under ``home`` and
    makes the three addresses, the master key and the vault itself.
    """

    model_config = SettingsConfigDict(env_prefix="RECUPERO_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="where state lives")
    database_url: str | None = Field(default=None, description="application role")
    owner_url: str | None = Field(default=None, description="migrations and institution add")
    prefect_url: str | None = Field(default=None, description="Prefect's own database")
    master_key_file: Path | None = Field(default=None, description="32 bytes, hex, mode 0600")
    vault_url: str | None = Field(default=None, description="fsspec address of the vault")
    institutions: Path | None = Field(default=None, description="folder of profiles")
    secrets: Path | None = Field(default=None, description="folder of passwords by name")
    poll_seconds: float = Field(default=30.0, ge=0, le=3600, description="between two polls")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"

    @field_validator(*_PATHS, "vault_url", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        if value == "":  # not the same as unset: a path would mean the working folder
            raise ValueError("is empty")
        return value

    @field_validator(*_PATHS)
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("database_url", "owner_url", "prefect_url")
    @classmethod
    def _postgres(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return url

    @property
    def embedded(self) -> bool:
        """Whether the program runs its own PostgreSQL."""
        return self.database_url is None

    @property
    def profiles_folder(self) -> Path:
        """Where institutions' profiles are read from."""
        return self.institutions or self.home / "institutions"

    @property
    def secrets_folder(self) -> Path:
        """Where secrets lie under their names, one private file each."""
        return self.secrets or self.home / "secrets"


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment; *overrides* (from the command line) win.

    Raises :class:`~recupero.errors.SettingsError` naming the first wrong variable.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        variable = "RECUPERO_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(reason, variable, "correct or unset the variable") from None
    if settings.database_url is not None:
        _complete_external(settings)
    elif settings.owner_url is not None:
        raise SettingsError("is not set", "RECUPERO_DATABASE_URL", "needed with RECUPERO_OWNER_URL")
    return settings


def _complete_external(settings: Settings) -> None:
    """An external database needs its other settings too: nothing is guessed beside it."""
    for name in ("owner_url", "master_key_file"):
        if getattr(settings, name) is None:
            raise SettingsError(
                "is not set", f"RECUPERO_{name.upper()}", "needed with RECUPERO_DATABASE_URL"
            )
