"""The folder of one PostgreSQL cluster: who owns it, where it may lie, how it is made."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backend.settings import StartRefused

ROOTS_CLUSTERS = Path("/var/lib/wardlight")


@dataclass(frozen=True)
class Cluster:
    """A place for data and the programs that the child's user can reach. `user` None: our own user."""

    folder: Path
    bin_folder: Path
    user: str | None

    def give_to_child(self, path: Path) -> None:
        """Make the child's user the owner."""
        if self.user:
            shutil.chown(path, self.user)

    def initialise(self, superuser_password: str, *, durable: bool) -> None:
        """Run initdb once; half-made clusters are thrown away. StartRefused with initdb's own sentence."""
        if self.folder.exists():
            return
        draft = self.folder.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(superuser_password)
            password_file.flush()
            self.give_to_child(Path(password_file.name))
            command = [self.bin_folder / "initdb", "-D", draft, "--username=postgres", "--auth=scram-sha-256"]
            command += [f"--pwfile={password_file.name}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            command += ["--encoding=UTF8", *([] if durable else ["--no-sync"])]
            made = subprocess.run(command, user=self.user, cwd="/", capture_output=True, text=True, check=False)  # noqa: S603
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise StartRefused(f"PostgreSQL could not be set up in {self.folder}: {_reason(made.stderr)}")
        draft.rename(self.folder)


def cluster_in(home: Path, bin_folder: Path) -> Cluster:
    """The cluster of a home folder.

    As root the child runs as `nobody`; a home or programs that nobody can not reach (below a 0700 folder) are
    replaced by a folder of /var/lib/wardlight named after the home, to which a link in the home leads.
    """
    try:
        if os.geteuid() != 0:
            root = home / "postgres"
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Cluster(root / "data", bin_folder, None)
        home.mkdir(parents=True, exist_ok=True)
        root = home / "postgres" if _reachable(home) else _linked(home)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.chown(root, "nobody")
        if not _reachable(bin_folder):
            bin_folder = _copied(bin_folder, ROOTS_CLUSTERS / "programs")
        return Cluster(root / "data", bin_folder, pwd.getpwnam("nobody").pw_name)
    except OSError as error:
        raise StartRefused(f"No place for PostgreSQL in {home}: {error.strerror}.") from error


def _linked(home: Path) -> Path:
    """The place elsewhere; whoever empties the home follows the link and removes that too."""
    link, elsewhere = home / "postgres", ROOTS_CLUSTERS / hashlib.sha256(str(home).encode()).hexdigest()[:12]
    if link.exists() and not link.is_symlink():
        raise StartRefused(f"PostgreSQL's user `nobody` can not reach {link} any more; give it way (chmod o+x).")
    if not link.is_symlink():
        link.symlink_to(elsewhere / "postgres")
    return elsewhere / "postgres"


def _reachable(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents])


def _copied(bin_folder: Path, programs: Path) -> Path:
    """A copy of the programs with the libraries that a wheel lays beside its package, at the same distance."""
    package = bin_folder.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    version = f"{package}{(bin_folder / 'postgres').stat().st_mtime_ns}"
    copy = programs / hashlib.sha256(version.encode()).hexdigest()[:12]
    if not copy.exists():
        programs.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=programs))
        shutil.copytree(bin_folder.parent, draft / package.name / bin_folder.parent.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / package.name / bin_folder.parent.name / bin_folder.name


def _reason(text: str) -> str:
    """The line that says why, or the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("error:", "FATAL:", "PANIC:"))]
    return (telling or lines or ["it said nothing"])[-1]
