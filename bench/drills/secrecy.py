"""Drill D, third part: certificates that prove nothing, and secrets that must not travel."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.drills.ground import Figure, counted, feed_source, hostile_server, make_home, scowatch

SECRET = "s3cr3t-of-the-drill"
_NAMES = {
    "good": "good.example",
    "expired": "old.example",
    "another name": "good.example",
    "self-signed": "self.example",
}
#: What the reason has to say.
_REASONS = {"good": None, "expired": "expired", "another name": "mismatch", "self-signed": "self-signed"}


def drill(tools: Path, folder: Path, *, long: bool = False) -> Iterator[Figure]:  # noqa: ARG001
    """Certificates, then passwords."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.which("openssl"):
        yield _certificates(tools, folder)
    else:
        yield Figure(drill="D", name="certificates", passed=None, found="there is no openssl")
    yield passwords(tools, folder / "passwords")


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], capture_output=True, check=True)


def make_certificates(folder: Path) -> dict[str, Path]:
    """Key and certificate in one file, by what is wrong with it; ``ca.pem`` beside them signs all but one."""
    subject = ["-newkey", "rsa:2048", "-nodes"]
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    _openssl("req", "-x509", *subject, "-days", "2", "-subj", "/CN=drill", "-keyout", str(ca_key), "-out", str(ca))
    made = {}
    for number, (kind, name) in enumerate(_NAMES.items()):
        key, request, certificate = (folder / f"{number}.{end}" for end in ("key", "csr", "crt"))
        if kind == "self-signed":
            alternative = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
            _openssl(
                "req", "-x509", *subject, "-days", "2", *alternative, "-keyout", str(key), "-out", str(certificate)
            )
        else:
            _openssl("req", *subject, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request))
            (folder / "ext").write_text(f"subjectAltName=DNS:{name}\n")
            signed = ["-CA", str(ca), "-CAkey", str(ca_key), "-CAcreateserial", "-extfile", str(folder / "ext")]
            days = "-1" if kind == "expired" else "2"
            _openssl("x509", "-req", "-in", str(request), *signed, "-days", days, "-out", str(certificate))
        made[kind] = folder / f"{number}.pem"
        made[kind].write_text(key.read_text() + certificate.read_text())
    return made


def _certificates(tools: Path, folder: Path) -> Figure:
    asked = {kind: "other.example" if kind == "another name" else name for kind, name in _NAMES.items()}
    with ExitStack() as stack:
        sources = []
        for number, (kind, file) in enumerate(make_certificates(folder).items()):
            server = hostile_server(tools, folder / f"server-{number}", more=["--cert", str(file)])
            port = stack.enter_context(server).port
            sources.append(feed_source(f"s{number}", f"https://{asked[kind]}:{port}/feed"))
        home = make_home(folder / "tls", sources)
        hosts = json.dumps(dict.fromkeys(asked.values(), "127.0.0.1"))
        done = counted(home, "collect", "--all", "--json", DRILL_CA=str(folder / "ca.pem"), DRILL_HOSTS=hosts)
    told = {row["source"]: row["error"] for row in done.report["failures"]}
    said = {kind: told.get(f"s{number}") for number, kind in enumerate(_NAMES)}
    wrong = [kind for kind, part in _REASONS.items() if not _says(said[kind], part)]
    return Figure(drill="D", name="certificates", passed=not wrong, found=f"{said}; wrong: {wrong or 'none'}")


def _says(error: str | None, part: str | None) -> bool:
    return error is None if part is None else error is not None and part in error.lower()


def passwords(tools: Path, folder: Path) -> Figure:
    """A password in an address of sources.yaml or of a list: sent nowhere, shown nowhere, kept nowhere."""
    with hostile_server(tools, folder / "server") as server:
        address = f"http://reader:{SECRET}@127.0.0.1:{server.port}/auth"
        home = make_home(folder / "home", [])
        (folder / "list.opml").write_text(
            f'<opml version="2.0"><body><outline text="x" xmlUrl="{address}"/></body></opml>'
        )
        said = {"sources import": _said(home, "sources", "import", str(folder / "list.opml"))}
        said["sources export"] = _said(home, "sources", "export")
        (home / "sources.yaml").write_text(f"sources:\n- {json.dumps(feed_source('secret', address))}\n")
        for words in (["collect", "--all"], ["collect", "--all", "--json"], ["sources", "list", "--json"], ["check"]):
            said[" ".join(words)] = _said(home, *words)
        requests = len(server.requests())
    shown = [command for command, text in said.items() if SECRET in text]
    kept = [p.name for p in home.iterdir() if p.is_file() and p.suffix == ".db" and SECRET.encode() in p.read_bytes()]
    return Figure(
        drill="D",
        name="passwords in addresses",
        passed=not shown and not requests and not kept and "user name or password" in said["check"],
        found=f"{len(said)} commands; shown by {shown or 'none'}, kept in {kept or 'no archive'}, requests {requests}",
    )


def _said(home: Path, *words: str) -> str:
    done = scowatch(home, *words)
    return done.stdout + done.stderr
