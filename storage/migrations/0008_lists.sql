-- Which state of the watchlist made which matches, and matches that a later state made no more. Instants as in 0001.

CREATE TABLE lists (
    id            INTEGER PRIMARY KEY,        -- in order of first use
    digest        TEXT NOT NULL UNIQUE,
    as_of         TEXT,
    first_used_at INTEGER NOT NULL
) STRICT;

-- the list that first made the match; NULL: made before lists were put down
ALTER TABLE matches ADD COLUMN list_id INTEGER REFERENCES lists (id);

-- the list that an article's present text was last tagged by; NULL or no row: not known
CREATE TABLE taggings (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    list_id    INTEGER REFERENCES lists (id)
) STRICT;

CREATE TABLE ended_matches (
    id          INTEGER PRIMARY KEY,          -- in order of their end
    article_id  INTEGER NOT NULL REFERENCES articles (id),
    version     INTEGER NOT NULL,
    entry_id    TEXT NOT NULL,
    alias       TEXT NOT NULL,
    lang        TEXT NOT NULL,
    field       TEXT NOT NULL,
    start_point INTEGER NOT NULL,
    end_point   INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    need        TEXT,
    list_id     INTEGER REFERENCES lists (id),           -- made by
    ended_by    INTEGER NOT NULL REFERENCES lists (id),
    ended_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX ended_matches_by_article ON ended_matches (article_id, version);
