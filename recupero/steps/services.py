"""What every step works with: database, vault, profiles and the connections to institutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from recupero.errors import NotFound, ProfileError, SettingsError
from recupero.exchange.connection import load_connection
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.pgp import PgpKeys
from recupero.exchange.pgp_files import PgpFiles
from recupero.exchange.pgp_recipients import Recipients
from recupero.exchange.vault import Vault, keys_at, load_master_key, make_master_key
from recupero.profiles.load import load_profiles
from recupero.profiles.profile import Profile
from recupero.settings import Settings
from recupero.store import manifest
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.enrolled import enrolled
from recupero.store.incidents import Incident
from recupero.store.session import Store

AGENCY = "_agency"


@dataclass(frozen=True)
class Services:
    """Open doors to everything a step may need; frozen, shared by the steps of a process.

    ``broken`` says by code what is wrong with the profiles that are not in ``profiles``.
    ``secret_block`` gives secrets that the conductor keeps, by name; None where there is none.
    ``tell`` tells people that an incident opened or ended; ``status`` shows it anyway. Where there
    is none, it waits for whoever has one.
    """

    settings: Settings
    store: Store
    vault: Vault
    owner_url: str
    prefect_url: str | None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    broken: Mapping[str, ProfileError] = field(default_factory=dict)
    secret_block: Callable[[str], str | None] | None = None
    tell: Callable[[Incident], None] | None = None

    def profile(self, code: str) -> Profile:
        """The institution's profile; refuses a code without one, or with one that is wrong."""
        try:
            return self.profiles[code]
        except KeyError:
            if code in self.broken:
                raise self.broken[code] from None
            known = ", ".join(sorted(self.profiles)) or "none"
            raise NotFound("there is no profile", code, f"known: {known}") from None

    def institutions(self) -> list[str]:
        """Codes of the creditor institutions with a valid profile, the agency left out."""
        return sorted(code for code in self.profiles if code != AGENCY)

    def identity_key(self, code: str) -> bytes:
        """The key surrogate ids of the institution are made with."""
        return self.vault.derive_key(code, "identity")

    def row_key(self, code: str) -> bytes:
        """The key the institution's personal rows are hashed with."""
        return self.vault.derive_key(code, "rows")

    def connection_file(self, code: str) -> Path:
        """Where host, port, key and fingerprints of the institution's server are written."""
        return self.settings.home / "connections" / f"{self.profile(code).exchange.connection}.toml"

    def pgp_keys(self, code: str, *, signed: bool) -> PgpKeys | None:
        """The keys of the institution's encrypted files; None where none were agreed on.

        *signed*: its signature is demanded.
        """
        files = load_connection(self.connection_file(code)).pgp
        if files is None or not files.key_files:
            return None
        return files.keys(self.secrets, signed=signed)

    def recipients(self, code: str, today: date) -> Recipients | None:
        """Whom papers that go to *code* are encrypted for; None where they leave in plain.

        Raises SettingsError where they must not and cannot be encrypted.
        """
        if not self.profile(code).exchange.encrypt_papers:
            return None
        connection = self.connection_file(code)
        files = load_connection(connection).pgp
        try:
            return (files or PgpFiles(())).recipients(today)
        except SettingsError as error:
            raise SettingsError(error.what, f"{connection}: {error.where}", error.mend) from None

    @property
    def secrets(self) -> NamedSecrets:
        """Where the passwords and passphrases lie that connections name."""
        return NamedSecrets(self.settings.secrets_folder, self.secret_block)


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Services on the database that is set, or on our own PostgreSQL under home.

    A PostgreSQL that already runs on the home is used as a guest and left running.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    vault = _vault(settings)
    if settings.database_url is not None and settings.owner_url is not None:
        yield _services(
            settings, settings.database_url, settings.owner_url, settings.prefect_url, vault
        )
        return
    with EmbeddedPostgres(settings.home) as postgres:
        addresses = postgres.addresses()
        yield _services(
            settings, addresses.database_url, addresses.owner_url, addresses.prefect_url, vault
        )


def _services(
    settings: Settings,
    database_url: str,
    owner_url: str,
    prefect_url: str | None,
    vault: Vault | None,
) -> Services:
    folder = settings.profiles_folder
    profiles, broken = load_profiles(folder) if folder.is_dir() else ({}, {})
    store = Store(database_url)
    _refuse_another_vault(store, settings)
    return Services(
        settings=settings,
        store=store,
        vault=vault or vault_under(settings, make_master_key(master_key_file(settings))),
        owner_url=owner_url,
        prefect_url=prefect_url,
        profiles=profiles,
        broken=broken,
    )


def _refuse_another_vault(store: Store, settings: Settings) -> None:
    """Refuse a vault that lacks the key of an institution whose files or papers the database knows.

    It is an empty or another place: a new key, made in silence, would open nothing that was kept
    and know nobody again. Files, papers and inputs of runs enter the vault, and with the first of
    them a key, before they are recorded: so the key is looked for after what is recorded.
    """
    if not store.is_set_up():
        return
    url = _vault_url(settings)
    there = keys_at(url)
    for code in [each.code for each in enrolled(store) if each.code not in there]:
        with store.unit(code) as unit:
            kept = manifest.names_objects(unit)
        if kept and code not in keys_at(url):
            raise SettingsError(
                f"holds no key of {code}, whose files or papers the database knows",
                "the vault" if settings.vault_url is None else "RECUPERO_VAULT_URL",
                "restore the vault's backup, or name the place it is at",
            )


def _vault(settings: Settings) -> Vault | None:
    """The vault under its master key; none on a new home, which gets a key once all is open.

    A master key is never made a second time.
    """
    url, path = _vault_url(settings), master_key_file(settings)
    if settings.master_key_file is None and not path.exists():
        if keys_at(url):
            raise SettingsError(
                "is missing, and the vault was sealed with it", str(path), "restore the backup"
            )
        return None
    vault = vault_under(settings, load_master_key(path))
    vault.unlock()
    return vault


def vault_under(settings: Settings, master_key: bytes) -> Vault:
    """The vault of *settings*; whether *master_key* is its own, nobody has looked yet."""
    return Vault(_vault_url(settings), master_key, home=settings.home)


def _vault_url(settings: Settings) -> str:
    return settings.vault_url or str(settings.home / "vault")


def master_key_file(settings: Settings) -> Path:
    """Where the master key lies, or will lie."""
    return settings.master_key_file or settings.home / "master.key"
