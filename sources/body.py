"""A response's body out of the bytes on the wire: at most one layer of gzip, at most so many bytes, and never a part
that is taken for the whole."""

from __future__ import annotations

import zlib

from sources.network import Refusal

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """Takes the wire's chunks one by one."""

    def __init__(self, content_encoding: str, limit: int, *, cut: bool = False, keep: bool = False) -> None:
        """With `cut` what lies beyond the limit is left alone, and no reason to refuse the rest; with `keep` the chunks
        are kept as they came.

        Raises: Refusal for an encoding that was not asked for.
        """
        layers = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
        layers = [name for name in layers if name != "identity"]
        if len(layers) > 1:
            raise Refusal("answer is compressed more than once")
        if layers and layers[0] not in ("gzip", "x-gzip"):
            raise Refusal(f"answer is compressed in a way that was not asked for ({layers[0][:20]!r})")
        self._limit, self._cut = limit, cut
        self._parts: list[bytes] = []
        self._size = 0
        self._gzip = bool(layers)
        self._head = b""
        self._inflate: zlib._Decompress | None = None
        self._came: list[bytes] | None = [] if keep and layers else None

    @property
    def full(self) -> bool:
        """Whether all is there that is wanted, with more of it to come."""
        return self._cut and self._size >= self._limit

    def feed(self, chunk: bytes) -> None:
        """Raises: Refusal when the body is too large or damaged."""
        if self._came is not None:
            self._came.append(chunk)
        if not self._gzip:
            self._keep(chunk)
            return
        if self._inflate is None:
            self._head += chunk
            if len(self._head) < len(_MAGIC):
                return
            chunk, self._head = self._head, b""
            if not chunk.startswith(_MAGIC):  # says gzip and is not: seen behind misconfigured caches
                self._gzip = False
                self._keep(chunk)
                return
            self._inflate = zlib.decompressobj(_GZIP)
        self._unpack(chunk)

    def whole(self) -> bytes:
        """The body. Raises: Refusal when its end is missing."""
        if self.full:
            return b"".join(self._parts)
        if self._head or (self._inflate is not None and not self._inflate.eof):
            raise Refusal("answer was cut short", "temporary")
        return b"".join(self._parts)

    def as_sent(self, whole: bytes) -> bytes:
        """The bytes as they came, compressed or not; to be asked once, with the body, which they may be."""
        if self._came is None:
            return whole
        came, self._came = b"".join(self._came), None
        return came

    def _unpack(self, data: bytes) -> None:
        try:
            while data and self._inflate is not None and not self.full:
                if self._inflate.eof:
                    if not data.startswith(_MAGIC):
                        return  # what follows the last member is padding
                    self._inflate = zlib.decompressobj(_GZIP)
                self._keep(self._inflate.decompress(data, self._limit - self._size + 1))
                data = self._inflate.unconsumed_tail or self._inflate.unused_data
        except zlib.error as error:
            raise Refusal("compressed answer is damaged", "temporary") from error

    def _keep(self, data: bytes) -> None:
        if self._cut:
            data = data[: self._limit - self._size]
        self._size += len(data)
        if self._size > self._limit:
            raise Refusal(f"answer is larger than {self._limit / 2**20:g} MiB")
        self._parts.append(data)
