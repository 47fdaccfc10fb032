"""One table of a settings file, asked key by key: what is wrong with a value is noted with its line, not raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from monitor.errors import InputError, Problem, QueryError
from monitor.marked import Map, Seq

T = TypeVar("T")


class Table:
    """One table of the file: typed look-ups that note what is wrong instead of raising."""

    def __init__(self, data: Map, file: str, name: str, problems: list[Problem]) -> None:
        self.data, self.file, self.name, self.problems = data, file, name, problems
        self._asked: list[str] = []

    def problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.data.line_of(key), f"{self._path(key)}: {message}"))

    def _path(self, key: str) -> str:
        return f"[{self.name}] {key}" if self.name else key

    def _get(self, key: str, default: T, kinds: tuple[type, ...], what: str) -> T:
        self._asked.append(key)
        value = self.data.get(key, default)
        if key in self.data and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            self.problem(key, f"{value!r} is not {what}")
            return default
        found: T = value
        return found

    def text(self, key: str, default: str = "", check: Callable[[str], object] | None = None) -> str:
        """The text; `check` raises ValueError, InputError or QueryError for one that cannot be used."""
        value = self._get(key, default, (str,), "a text")
        if check is not None and key in self.data:
            try:
                check(value)
            except (ValueError, InputError, QueryError) as error:
                self.problem(key, str(error))
                return default
        return value

    def required(self, key: str, check: Callable[[str], object] | None = None) -> str:
        value = self.text(key, "", check)
        if not value and not any(p.message.startswith(self._path(key)) for p in self.problems):
            self.problem(key, "is missing")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.problem(key, f"{value!r} is not one of {', '.join(allowed)}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        return self._get(key, default, (bool,), "true or false")

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value: float = self._get(key, default, (int, float), "a number")
        if not low <= value <= high:
            self.problem(key, f"{value} is not between {low:g} and {high:g}")
            return default
        return value

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.number(key, default, low, high)
        if value != int(value):
            self.problem(key, f"{value} is not a whole number")
            return default
        return int(value)

    def texts(self, key: str, check: Callable[[str], object]) -> tuple[str, ...]:
        found = []
        for item in self._get(key, Seq(), (list,), "a list of texts"):
            try:
                if not isinstance(item, str):
                    raise ValueError(f"{item!r} is not a text")
                check(item)
                found.append(item)
            except ValueError as error:
                self.problem(key, str(error))
        return tuple(found)

    def table(self, key: str) -> Table:
        data = self._get(key, Map(), (dict,), "a table")
        return Table(data if hasattr(data, "lines") else _empty(), self.file, key, self.problems)

    def tables(self, key: str) -> tuple[Table, ...]:
        rows: list[Any] = self._get(key, [], (list,), f"a list of tables: write [[{key}]]")
        return tuple(Table(row, self.file, f"{key}", self.problems) for row in rows if isinstance(row, Map))

    def known(self, keys: Iterable[str]) -> None:
        """Keys that may stand here, whether they do or not."""
        self._asked += keys

    def end(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                self.problem(key, f"unknown setting{did_you_mean(key, self._asked)}")


def _empty() -> Map:
    made = Map()
    made.line, made.lines = 0, {}
    return made


def did_you_mean(word: str, known: list[str]) -> str:
    """`` (did you mean `x`?)``, or the known words where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1, 0.6)
    return f" (did you mean `{near[0]}`?)" if near else f" (known: {', '.join(sorted(known))})" if known else ""
