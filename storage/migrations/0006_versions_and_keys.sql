-- Versions of an article that come back, those that were passed over, and keys that lie side by side. Instants as in 0001.

-- what became of an article's versions on a day in UTC
CREATE TABLE version_days (
    article_id  INTEGER NOT NULL REFERENCES articles (id),
    day         INTEGER NOT NULL,             -- days since 1970
    number      INTEGER NOT NULL,             -- of the version
    made_at     INTEGER,                      -- NULL: not on that day
    returned    INTEGER NOT NULL DEFAULT 0,   -- times that the article said this again, after having said something else
    returned_at INTEGER,                      -- the last of these times
    passed_over INTEGER NOT NULL DEFAULT 0,   -- texts that stood in this one's place before it, and were not kept
    change      INTEGER,                      -- changes.number of what was told of it that day
    PRIMARY KEY (article_id, day, number)
) STRICT, WITHOUT ROWID;

INSERT INTO version_days (article_id, day, number, made_at)
SELECT article_id, replaced_at / 86400000000, number + 1, replaced_at FROM versions;

-- From now on `versions` holds every version but the one that stands in `articles`, which need not be the newest made.
CREATE INDEX versions_by_content ON versions (article_id, content_hash);

-- Keys from before have no order that could be told from them; they are looked up here as well, as long as there are any.
ALTER TABLE identity_keys RENAME TO old_keys;

-- as before, but the key begins with what lies together: host of the canonical URL, or source (storage.values.placed)
CREATE TABLE identity_keys (
    kind       INTEGER NOT NULL,
    key        BLOB NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

ALTER TABLE sightings RENAME TO old_sightings;

CREATE TABLE sightings (
    key           BLOB NOT NULL PRIMARY KEY,
    article_id    INTEGER NOT NULL REFERENCES articles (id),
    source_id     TEXT,
    entry_hash    TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sightings SELECT placed(coalesce(source_id, ''), key), article_id, source_id, entry_hash, first_seen_at,
    last_seen_at FROM old_sightings ORDER BY 1;

DROP TABLE old_sightings;
