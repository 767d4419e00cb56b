"""Settings: read once from the environment. What the zero-install default needs and lacks is generated once."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class StartRefused(Exception):
    """The program can not start; the text is one plain sentence for the operator."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator may choose. Hosts with ports are exact `host:port` texts."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str | None = None  # as wardlight_app; None: PostgreSQL is embedded in `home`
    database_owner_url: str | None = None  # as wardlight_owner; only `migrate` needs it
    postgres_bin: Path | None = None  # a folder with `postgres` and `initdb`, 18 or newer
    pool_size: int = 10
    secret: bytes  # 32 random bytes; keys of sessions and tokens are derived from it
    vapid_private_key: str  # base64url of the 32-byte P-256 scalar
    vapid_subject: str = "mailto:operator@example.org"  # RFC 8292: whom a push service may write to
    push_hosts: tuple[str, ...] = (  # allow-list; a leading dot allows every host below it
        "fcm.googleapis.com",
        "web.push.apple.com",
        ".push.apple.com",
        "updates.push.services.mozilla.com",
        ".notify.windows.com",
    )
    push_exempt: tuple[str, ...] = ()  # host:port pairs free of the port, https and global-address rules
    webhook_url: str | None = None  # the outside channel at the top of the ladder
    public_origins: tuple[str, ...] = ()  # where tablets reach us; empty: only this host and port
    trusted_proxies: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without secrets: settings end up in logs and traces."""
        return f"Settings(home={str(self.home)!r}, host={self.host!r}, port={self.port})"

    @property
    def origins(self) -> tuple[str, ...]:
        """The web origins whose requests are our own."""
        return self.public_origins or (f"http://{self.host}:{self.port}", f"http://localhost:{self.port}")


# The environment variable of each field.
VARIABLES = {
    field.name: field.name.upper()
    if field.name in {"host", "port", "database_url", "database_owner_url"}
    else f"WARDLIGHT_{field.name.upper()}"
    for field in msgspec.structs.fields(Settings)
}


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Settings of an environment.

    With a DATABASE_URL nothing is generated and a missing secret raises StartRefused; without one, secrets
    live in `$WARDLIGHT_HOME/secrets`, readable by their owner only.
    """
    home = Path(environment.get("WARDLIGHT_HOME") or PROJECT_ROOT / ".wardlight").absolute()
    external = "DATABASE_URL" in environment
    chosen: dict[str, object] = {"home": home}
    for field in msgspec.structs.fields(Settings):
        name = VARIABLES[field.name]
        if environment.get(name, "") != "" and field.name not in {"home", "secret"}:
            text = environment[name]
            chosen[field.name] = tuple(text.split()) if field.type == tuple[str, ...] else text
    chosen["secret"] = _secret(
        environment, home, "WARDLIGHT_SECRET", external=external, new=lambda: secrets.token_hex(32)
    )
    key = _secret(environment, home, "WARDLIGHT_VAPID_PRIVATE_KEY", external=external, new=_new_vapid_key)
    chosen["vapid_private_key"] = key
    try:
        chosen["secret"] = bytes.fromhex(str(chosen["secret"]))
        return msgspec.convert(chosen, Settings, strict=False, dec_hook=lambda to, text: to(text))
    except (msgspec.ValidationError, ValueError) as error:
        raise StartRefused(f"A setting is not valid: {error}.") from error


def load_settings() -> Settings:
    """Settings of this process's environment."""
    return settings_from(os.environ)


def _new_vapid_key() -> str:
    scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(scalar.to_bytes(32, "big")).rstrip(b"=").decode()


def _secret(
    environment: Mapping[str, str], home: Path, variable: str, *, external: bool, new: Callable[[], str]
) -> str:
    if environment.get(variable):
        return environment[variable]
    if external:
        raise StartRefused(f"{variable} is not set; with a DATABASE_URL every secret must be given.")
    return kept_secret(home, variable.removeprefix("WARDLIGHT_").lower(), new)


def kept_secret(home: Path, name: str, new: Callable[[], str]) -> str:
    """The secret of that name in `home`, made by `new` the first time; StartRefused where `home` is not writable."""
    folder = home / "secrets"
    kept = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not kept.exists():
            _write_once(kept, new())
        return kept.read_text().strip()
    except OSError as error:
        raise StartRefused(f"{folder} can not be used: {error.strerror}.") from error


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, also across a power cut; the first of two writers wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
