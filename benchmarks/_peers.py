"""The same questions over the same records in SQLite's FTS5 and in PostgreSQL's text search, for comparing.

Both are given Liqi's own tokens (bigrams of Chinese, words, digits), since neither can split Chinese by itself, and
the alternatives of each question: the phrases of one alternative together, or those of another.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from liqi.catalogue.search import Filters
from liqi.catalogue.search._query import is_character
from liqi.catalogue.search._question import Alternative, Unit
from liqi.catalogue.search._schema import PARTS

AT_ONCE = 10_000


class Row(NamedTuple):
    """A record as the peers take it."""

    number: int
    whole: str
    name: str
    exact: str
    class_code: str
    region: str
    country: str
    province: str
    shared: int


class Peer(Protocol):
    """A text search that takes the rows once and answers questions."""

    name: str

    def build(self, rows: Iterable[Row]) -> float:
        """The seconds it took until every question can be asked."""

    def find(self, units: Sequence[Unit], filters: Filters) -> int:
        """The number of records; the best twenty and three facets are read too."""

    def megabytes(self) -> float:
        """What it holds on disk."""


def rows(documents: Iterable[Any]) -> Iterator[Row]:
    """Each document of Liqi's index as a row for the peers."""
    for number, document in enumerate(documents, 1):
        exact = " ".join(f"zz{one}" for one in document["squashed"])
        where = [code for code in document["where"] if code.endswith("0000")]
        yield Row(
            number,
            document["whole"][0],
            " ".join(token for token in document["name"][0].split(" ") if token[:1] not in "=~"),
            exact,
            document["class"][0][:2],
            document["region"][0],
            document["country"][0],
            where[0] if where else "",
            int(document["shared"][0] == "1"),
        )


def batches(found: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in pieces."""
    some: list[Row] = []
    for row in found:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


class Fts5:
    """SQLite FTS5, contentless, with positions; facets from a plain table beside it."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.sqlite3"
        self._database = sqlite3.connect(self._path, isolation_level=None)
        self._database.executescript("pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-262144;")

    def build(self, found: Iterable[Row]) -> float:
        """Only the time within the engine counts, not the making of the rows."""
        self._database.executescript(
            "create virtual table words using fts5(whole, name, exact, content='', tokenize='unicode61');"
            "create table facts(id integer primary key, class, region, country, province, shared);"
        )
        seconds = 0.0
        for some in batches(found):
            started = time.perf_counter()
            self._database.execute("begin")
            self._database.executemany(
                "insert into words(rowid, whole, name, exact) values (?, ?, ?, ?)", [row[:4] for row in some]
            )
            self._database.executemany(
                "insert into facts values (?, ?, ?, ?, ?, ?)", [row[:1] + row[4:] for row in some]
            )
            self._database.execute("commit")
            seconds += time.perf_counter() - started
        started = time.perf_counter()
        self._database.execute("insert into words(words) values ('optimize')")
        self._database.executescript("create index facts_province on facts(province); analyze facts;")
        return seconds + time.perf_counter() - started

    def find(self, units: Sequence[Unit], filters: Filters) -> int:
        """One pass for the matches and their facts, one for the best twenty."""
        match = " AND ".join(f"({self._unit(unit)})" for unit in units)
        where, values = "", []
        if filters.places:
            where, values = " and province = ?", [filters.places[0]]
        if filters.shared:
            where += " and shared = 1"
        run = self._database.execute
        run("drop table if exists temp.hits")
        run(
            "create temp table hits as select f.id, f.class, f.region, f.country from words w "
            f"join facts f on f.id = w.rowid where words match ?{where}",
            [match, *values],
        )
        (total,) = run("select count(*) from temp.hits").fetchone()
        for facet in ("class", "region", "country"):
            run(f"select {facet}, count(*) from temp.hits group by 1 order by 2 desc limit 60").fetchall()
        run(
            "select w.rowid, rank from words w join facts f on f.id = w.rowid "
            f"where words match ?{where} order by rank limit 20",
            [match, *values],
        ).fetchall()
        return int(total)

    def _unit(self, unit: Unit) -> str:
        ways = [self._way(one) for one in unit.alternatives if not one.fuzzy]
        return " OR ".join([*ways, f'exact : "zz{unit.exact}"'] if unit.exact else ways)

    def _way(self, one: Alternative) -> str:
        column = "whole" if one.fields == PARTS else "name"
        return "(" + " AND ".join(f"{column} : {self._phrase(wanted)}" for wanted in one.phrases) + ")"

    def _phrase(self, wanted: Sequence[str]) -> str:
        return f'"{" ".join(wanted)}"' + (" *" if is_character(wanted[-1]) else "")

    def megabytes(self) -> float:
        """The file."""
        return self._path.stat().st_size / 1e6


class Tsvector:
    """PostgreSQL's tsvector with a GIN index; the counts of all three facets in one statement."""

    name = "PostgreSQL tsvector"

    def __init__(self, address: str) -> None:
        import psycopg

        self._database = psycopg.connect(address, autocommit=True)
        self._database.execute("set maintenance_work_mem = '1GB'")
        self._database.execute("set work_mem = '256MB'")

    def build(self, found: Iterable[Row]) -> float:
        """Only the time within the engine counts, not the making of the rows."""
        self._database.execute(
            "create table words(id bigint primary key, said tsvector, class text, region text, country text, "
            "province text, shared int)"
        )
        seconds = 0.0
        for some in batches(found):
            lines = [(row.number, self._vector(row), *row[4:]) for row in some]
            started = time.perf_counter()
            with self._database.cursor().copy("copy words from stdin") as copy:
                for line in lines:
                    copy.write_row(line)
            seconds += time.perf_counter() - started
        started = time.perf_counter()
        for statement in ("create index on words using gin(said)", "create index on words(province)", "analyze words"):
            self._database.execute(statement)
        return seconds + time.perf_counter() - started

    def find(self, units: Sequence[Unit], filters: Filters) -> int:
        """Matches once, counted by facet; the best twenty by rank."""
        asked = " & ".join(f"({self._unit(unit)})" for unit in units)
        where, values = "", []
        if filters.places:
            where, values = " and province = %s", [filters.places[0]]
        if filters.shared:
            where += " and shared = 1"
        counts = self._database.execute(
            "with hits as materialized (select class, region, country from words "
            f"where said @@ %s::tsquery{where}) "
            "select class, region, country, count(*) from hits "
            "group by grouping sets ((), (class), (region), (country))",
            [asked, *values],
            prepare=False,
        ).fetchall()
        self._database.execute(
            f"select id, ts_rank(said, %s::tsquery) from words where said @@ %s::tsquery{where} "
            "order by 2 desc limit 20",
            [asked, asked, *values],
            prepare=False,
        ).fetchall()
        return max((int(count) for *_codes, count in counts), default=0)

    def _vector(self, row: Row) -> str:
        """The tokens with their positions, as `to_tsvector('simple', ...)` would have them; those of the name as A."""
        places: dict[str, list[str]] = {}
        for at, token in enumerate(row.whole.split(" "), 1):
            places.setdefault(token, []).append(f"{min(at, 16_383)}")
        for token in {*row.name.split(" ")} & places.keys():
            places[f"nn{token}"] = ["1A"]
        places |= {token: ["1"] for token in row.exact.split(" ")}
        return " ".join(f"{_quoted(token)}:{','.join(at[:255])}" for token, at in places.items() if token)

    def _unit(self, unit: Unit) -> str:
        ways = [self._way(one) for one in unit.alternatives if not one.fuzzy]
        return " | ".join([*ways, _quoted(f"zz{unit.exact}")] if unit.exact else ways)

    def _way(self, one: Alternative) -> str:
        start = "" if one.fields == PARTS else "nn"
        phrases = [
            " <-> ".join(_quoted(start + token) + (":*" if is_character(token) else "") for token in wanted)
            for wanted in one.phrases
        ]
        return "(" + " & ".join(f"({phrase})" for phrase in phrases) + ")"

    def megabytes(self) -> float:
        """Table and indexes."""
        row = self._database.execute("select pg_total_relation_size('words')").fetchone()
        assert row is not None
        return float(row[0]) / 1e6


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


@contextmanager
def peers(wanted: Sequence[str], folder: Path) -> Iterator[list[Peer]]:
    """The peers by name, ready to be built; what cannot be started here is left out."""
    from tests import postgresql

    found: list[Peer] = [Fts5(folder)] if "fts5" in wanted else []
    if "postgresql" not in wanted or postgresql.missing():
        yield found
        return
    os.environ.pop("LIQI_DATABASE_URL", None)
    with postgresql.server() as address:
        yield [*found, Tsvector(address)]
