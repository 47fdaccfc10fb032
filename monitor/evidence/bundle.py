"""A bundle: files with a manifest of their digests, signed when a key is given, that can be checked anywhere. Pure.

The signature is HMAC-SHA-256 (RFC 2104): who has the key can check it, and could have made it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor import __version__
from monitor.evidence import zipped

FORMAT = "scowatch-bundle/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.hmac"
METHOD = "HMAC-SHA-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What checking a bundle has shown."""

    #: Member, or part of the file, and what is wrong with it; empty: it is as it was made.
    problems: tuple[tuple[str, str], ...]
    #: Of the manifest; empty where it cannot be read.
    of: Mapping[str, Any]
    members: int = 0
    signed: bool = False
    #: The signature was checked and is right, and so is all that it stands for.
    proved: bool = False


def sealed(members: Mapping[str, bytes], of: Mapping[str, Any], key: bytes | None = None) -> bytes:
    """The bundle as bytes, the same for the same members and key. `of` says what it is about.

    Raises: ValueError, when it would be too large.
    """
    signature = {"method": METHOD, "over": f"{MANIFEST}, byte for byte", "member": SIGNATURE} if key else None
    manifest = {
        "format": FORMAT,
        "made_by": f"scowatch {__version__}",
        "of": dict(of),
        "signature": signature,
        "members": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(members.items())
        ],
    }
    text = as_json(manifest)
    added = {MANIFEST: text} | ({SIGNATURE: _signed(text, key)} if key else {})
    return zipped.written({**members, **added})


def as_json(value: object) -> bytes:
    """The value as it stands in bundles."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def verified(data: bytes, key: bytes | None = None) -> Verdict:
    """What is wrong with the bundle, if anything is. With a key, one without a right signature is wrong too."""
    try:
        members = zipped.read(data)
    except zipped.Unsound as error:
        return Verdict(problems=((error.member, error.why),), of={})
    try:
        manifest = json.loads(members[MANIFEST])
        listed = {str(one["name"]): (one["bytes"], one["sha256"]) for one in manifest["members"]}
        signature = manifest["signature"]
        if manifest["format"] != FORMAT or not isinstance(manifest["of"], dict):
            raise ValueError(f"its format is {manifest['format']!r}")
    except KeyError as error:
        return Verdict(problems=((MANIFEST, f"{error} is missing"),), of={})
    except (ValueError, TypeError, RecursionError) as error:
        return Verdict(problems=((MANIFEST, f"cannot be read ({error})"),), of={})
    problems = _unlike(members, listed, signed=signature is not None)
    proved, doubts = _proof(members, signature, key)
    return Verdict(
        problems=(*problems, *doubts),
        of=manifest["of"],
        members=len(listed),
        signed=signature is not None,
        proved=proved and not problems,
    )


def _unlike(
    members: Mapping[str, bytes], listed: Mapping[str, tuple[object, object]], *, signed: bool
) -> list[tuple[str, str]]:
    ours = {MANIFEST, *([SIGNATURE] if signed else [])}
    found = [(name, "is missing") for name in sorted(ours | listed.keys()) if name not in members]
    found += [(name, "was added") for name in sorted(members) if name not in listed and name not in ours]
    for name in sorted(members.keys() & listed.keys()):
        if (len(members[name]), hashlib.sha256(members[name]).hexdigest()) != listed[name]:
            found.append((name, "is not what the manifest says"))
    return found


def _proof(
    members: Mapping[str, bytes], signature: object, key: bytes | None
) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Whether the signature is right, and what is wrong with it."""
    if key is None:
        return False, ()
    if signature is None:
        return False, ((MANIFEST, "is not signed"),)
    if not isinstance(signature, dict) or signature.get("method") != METHOD:
        return False, ((MANIFEST, f"is signed in a way that is not known here (known: {METHOD})"),)
    right = hmac.compare_digest(members.get(SIGNATURE, b""), _signed(members[MANIFEST], key))
    return right, () if right else ((SIGNATURE, "the signature is not of this manifest and this key"),)


def _signed(manifest: bytes, key: bytes) -> bytes:
    return (hmac.new(key, manifest, hashlib.sha256).hexdigest() + "\n").encode()
