-- How each source does, what its hosts ask of us, and where it has moved. Instants as in 0001.

-- monitor.types.Health as JSON; NULL: nothing is known yet
ALTER TABLE source_states ADD COLUMN health TEXT;

-- what was told of a source by its changes; numbers are never used twice
CREATE TABLE source_events (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id TEXT NOT NULL,
    at        INTEGER NOT NULL,
    was       TEXT NOT NULL,
    became    TEXT NOT NULL,
    evidence  TEXT NOT NULL
) STRICT;

CREATE INDEX source_events_by_time ON source_events (at);

-- counts by source and day in UTC
CREATE TABLE source_days (
    source_id TEXT NOT NULL,
    day       INTEGER NOT NULL,           -- days since 1970
    polls     INTEGER NOT NULL,
    failures  INTEGER NOT NULL,
    items     INTEGER NOT NULL,           -- listed, at all polls together
    new       INTEGER NOT NULL,
    undated   INTEGER NOT NULL,
    ahead     INTEGER NOT NULL,           -- dated in the future
    garbled   INTEGER NOT NULL,           -- with signs of a wrong encoding
    texts     INTEGER NOT NULL,           -- article pages that gave a text
    letters   INTEGER NOT NULL,           -- of these texts together
    PRIMARY KEY (source_id, day)
) STRICT, WITHOUT ROWID;

-- hosts that asked us to stay away
CREATE TABLE host_pauses (
    host  TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- permanent redirects of polled addresses; adopted: polled in place of the address from then on
CREATE TABLE moves (
    url        TEXT NOT NULL PRIMARY KEY,  -- as in sources.yaml
    target     TEXT NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    seen       INTEGER NOT NULL,           -- times that the redirect led there
    adopted_at INTEGER
) STRICT, WITHOUT ROWID;
