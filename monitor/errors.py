"""The error tree.

::

    ScowatchError           one line for a person: the thing, the reason, the remedy
      ConfigError           every problem of the configuration at once         exit 2   caught in monitor.cli
      InputError            bad usage or bad input, with file or line          exit 2   caught in monitor.cli
      QueryError            a search that cannot be read, with its column      exit 2   caught in monitor.cli
      StoreError            the archive cannot be opened, read or written      exit 1   … and by each job
      ParseError            a source's bytes cannot be read                    caught in monitor.jobs
      DeliveryError         a message was not taken                            caught in monitor.jobs

Network trouble is not here: a fetch that failed is a value (monitor.types.Fetch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class ScowatchError(Exception):
    """The root: its text is one line that names the thing, the reason and the remedy."""

    exit_code = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a configuration file."""

    file: str
    #: Counted from 1; 0: the file as a whole.
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class ConfigError(ScowatchError):
    """Every problem that was found in the configuration."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(p) for p in self.problems))


class InputError(ScowatchError):
    exit_code = 2


class QueryError(ScowatchError):
    """A search that cannot be read."""

    exit_code = 2

    def __init__(self, message: str, column: int) -> None:
        #: Where the faulty part begins, in code points from 1.
        self.column = column
        self.message = message
        super().__init__(f"{message} at column {column}")


class StoreError(ScowatchError):
    pass


class ParseError(ScowatchError):
    """Bytes that could not be read: a reason that a person understands."""

    def __init__(self, message: str, source_id: str | None = None) -> None:
        self.source_id = source_id
        super().__init__(message)


class DeliveryError(ScowatchError):
    """A message that was not taken."""

    def __init__(
        self,
        channel_id: str,
        message: str,
        *,
        permanent: bool = False,
        closed: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        self.channel_id = channel_id
        #: Trying again cannot help.
        self.permanent = permanent
        #: Nor can another message: nothing goes through this channel until somebody mends it.
        self.closed = closed
        #: Not before; None: by our own pauses.
        self.retry_after = retry_after
        super().__init__(f"{channel_id}: {message}")
