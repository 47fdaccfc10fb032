-- Copies, stories and origins: what they are found by, what was decided by hand, numbers that go on answering.

-- the group or story that this one went into, which went into none itself
ALTER TABLE copy_groups ADD COLUMN merged_into INTEGER REFERENCES copy_groups (id);
ALTER TABLE stories ADD COLUMN merged_into INTEGER REFERENCES stories (id);

CREATE INDEX copy_groups_merged ON copy_groups (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

-- what identity keeps of the article's present text (monitor.types.Placement.facts)
ALTER TABLE articles ADD COLUMN facts BLOB NOT NULL DEFAULT x'';

-- What copies and articles about one event are found by, also of texts that were replaced: numbers of 48 bits, which is
-- enough, since whatever is found is looked at closely. A period is so many days (storage.neighbours).
CREATE TABLE bands (
    band       INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (band, article_id)
) STRICT, WITHOUT ROWID;

-- those of the last articles, on their way there (storage.bands)
CREATE TABLE new_bands (
    band       INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (band, article_id)
) STRICT, WITHOUT ROWID;

-- one row: the least band that moves on next, and how many wait
CREATE TABLE bands_moved (
    position INTEGER NOT NULL,
    waiting  INTEGER NOT NULL
) STRICT;

INSERT INTO bands_moved VALUES (-140737488355328, 0);

CREATE TABLE story_keys (
    period     INTEGER NOT NULL,
    key        INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (period, key, article_id)
) STRICT, WITHOUT ROWID;

-- articles that share a passage without being copies
CREATE TABLE relations (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('excerpt_of', 'quotes')),
    other_id   INTEGER NOT NULL REFERENCES articles (id),
    share      REAL NOT NULL,
    PRIMARY KEY (article_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX relations_by_other ON relations (other_id);

-- what a person said; never changed
CREATE TABLE decisions (
    id       INTEGER PRIMARY KEY,
    what     TEXT NOT NULL CHECK (what IN ('split', 'merge')),
    at       INTEGER NOT NULL,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    other_id INTEGER NOT NULL REFERENCES stories (id)
) STRICT;

-- articles that a decision moved
CREATE TABLE decided (
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    article_id  INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (decision_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX decided_by_article ON decided (article_id);

-- stories that a person has parted, as they are called now; the first number is the smaller one
CREATE TABLE kept_apart (
    story_id INTEGER NOT NULL REFERENCES stories (id),
    other_id INTEGER NOT NULL REFERENCES stories (id),
    PRIMARY KEY (story_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_apart_by_other ON kept_apart (other_id);
