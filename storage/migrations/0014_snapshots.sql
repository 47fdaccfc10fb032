-- The pages that articles were read from: where their WARC records lie, and who refers to them. Instants as in 0001.

CREATE TABLE snapshot_files (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE                 -- in the home's snapshots/
) STRICT;

CREATE TABLE snapshots (
    id         INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    version    INTEGER NOT NULL,              -- what the article said when the page was read
    at         INTEGER NOT NULL,
    key        BLOB NOT NULL,                 -- digest of final_url
    url        TEXT,                          -- as asked for; NULL: final_url
    final_url  TEXT NOT NULL,
    status     INTEGER NOT NULL,
    digest     BLOB NOT NULL,                 -- SHA-256 of the body as sent
    size       INTEGER NOT NULL,
    record_id  BLOB NOT NULL,                 -- UUID of the record
    file_id    INTEGER NOT NULL REFERENCES snapshot_files (id),
    start      INTEGER NOT NULL,              -- bytes before the record in its file
    length     INTEGER NOT NULL,
    revisit_of INTEGER REFERENCES snapshots (id),   -- the snapshot that has the same body, where this one has none
    removed_at INTEGER
) STRICT;

CREATE INDEX snapshots_by_article ON snapshots (article_id);
CREATE INDEX snapshots_by_page ON snapshots (key);
CREATE INDEX snapshots_by_place ON snapshots (file_id, start);
CREATE INDEX snapshots_by_base ON snapshots (revisit_of) WHERE revisit_of IS NOT NULL;

-- articles that somebody refers to, or has asked to keep: their snapshots are never taken away
CREATE TABLE cited (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    why        TEXT NOT NULL,                 -- bundle, citation, hold
    at         INTEGER NOT NULL,              -- first
    PRIMARY KEY (article_id, why)
) STRICT, WITHOUT ROWID;
