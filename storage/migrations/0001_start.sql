-- The archive's first shape. Instants are microseconds since 1970 in UTC. Migrations are only ever added, never changed.

CREATE TABLE copy_groups (
    id       INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories (id)
) STRICT;

CREATE TABLE stories (
    id         INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

-- one row per article with its current version; the id is the order of arrival
CREATE TABLE articles (
    id            INTEGER PRIMARY KEY,
    sort_key      INTEGER NOT NULL UNIQUE,  -- seconds of published, else first seen, << 6, and a number below them
    source_id     TEXT,
    ref           TEXT UNIQUE,
    guid          TEXT,
    url           TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    source_name   TEXT,
    lang          TEXT,
    authors       TEXT NOT NULL,            -- JSON list
    published_at  INTEGER,
    first_seen_at INTEGER NOT NULL,
    version       INTEGER NOT NULL,         -- number of the current version, from 1
    title         TEXT NOT NULL,
    text          ANY NOT NULL,             -- TEXT, or a BLOB of UTF-8 compressed by zlib
    text_from     TEXT NOT NULL,
    content_hash  TEXT NOT NULL,
    tags          TEXT NOT NULL,            -- JSON list, in order of first mention
    origin        TEXT,                     -- JSON object
    copy_group_id INTEGER NOT NULL REFERENCES copy_groups (id),
    story_id      INTEGER NOT NULL REFERENCES stories (id)
) STRICT;

CREATE INDEX articles_by_story ON articles (story_id);
CREATE INDEX articles_by_copy_group ON articles (copy_group_id);

-- versions that were replaced, whole
CREATE TABLE versions (
    article_id   INTEGER NOT NULL REFERENCES articles (id),
    number       INTEGER NOT NULL,
    replaced_at  INTEGER NOT NULL,
    title        TEXT NOT NULL,
    text         ANY NOT NULL,
    text_from    TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    published_at INTEGER,
    UNIQUE (article_id, number)
) STRICT;

-- what makes two sightings one article; kinds: 1 canonical URL, 2 source and guid, 3 source and text.
-- article 0: several unlike articles share the key, so it tells nothing
CREATE TABLE identity_keys (
    kind       INTEGER NOT NULL,
    key        BLOB NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- what each source's list showed; the key is a digest of source and entry key
CREATE TABLE sightings (
    key           BLOB NOT NULL PRIMARY KEY,
    article_id    INTEGER NOT NULL REFERENCES articles (id),
    source_id     TEXT,
    entry_hash    TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE matches (
    article_id  INTEGER NOT NULL REFERENCES articles (id),
    version     INTEGER NOT NULL,
    position    INTEGER NOT NULL,           -- in order of mention
    entry_id    TEXT NOT NULL,
    alias       TEXT NOT NULL,
    lang        TEXT NOT NULL,
    field       TEXT NOT NULL,
    start_point INTEGER NOT NULL,
    end_point   INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    need        TEXT,
    PRIMARY KEY (article_id, version, position)
) STRICT, WITHOUT ROWID;

-- what subscriptions read; numbers are never used twice
CREATE TABLE changes (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    what       TEXT NOT NULL CHECK (what IN ('new', 'edited')),
    at         INTEGER NOT NULL,
    quiet      INTEGER NOT NULL
) STRICT;

-- terms of monitor.text.words, title and text as written and their base forms; facets: all, src:…, lang:…, tag:…, story:….
-- Columns in order of size: the first costs least. The row id is articles.sort_key. Contentless: the texts stand in articles.
CREATE VIRTUAL TABLE search_index USING fts5 (
    text, text_bases, title, title_bases, facets,
    content = '', contentless_delete = 1, tokenize = "ascii tokenchars '-_.:~'"
);

CREATE TABLE source_states (
    source_id       TEXT NOT NULL PRIMARY KEY,
    next_due_at     INTEGER,
    last_success_at INTEGER,
    last_attempt_at INTEGER,
    last_outcome    TEXT,
    last_error      TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    failures        INTEGER NOT NULL DEFAULT 0,
    articles        INTEGER NOT NULL DEFAULT 0,
    last_new_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE validators (
    url           TEXT NOT NULL PRIMARY KEY,
    etag          TEXT,
    last_modified TEXT,
    body_hash     TEXT
) STRICT, WITHOUT ROWID;

-- items that were listed but not kept, counted
CREATE TABLE dropped (
    source_id TEXT NOT NULL,
    reason    TEXT NOT NULL,
    items     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (source_id, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscriptions (
    id          TEXT NOT NULL PRIMARY KEY,
    cursor      INTEGER NOT NULL,           -- changes up to this number are decided on
    last_end_at INTEGER,
    since_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- decided to be told later
CREATE TABLE held (
    subscription_id TEXT NOT NULL REFERENCES subscriptions (id),
    article_id      INTEGER NOT NULL REFERENCES articles (id),
    change          INTEGER NOT NULL REFERENCES changes (number),
    PRIMARY KEY (subscription_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE digests (
    key             TEXT NOT NULL PRIMARY KEY,
    subscription_id TEXT NOT NULL,
    kind            TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    content         TEXT NOT NULL           -- the whole Digest as JSON
) STRICT;

CREATE INDEX digests_by_subscription ON digests (subscription_id, created_at);

CREATE TABLE told_stories (
    subscription_id TEXT NOT NULL,
    story_id        INTEGER NOT NULL,
    digest_key      TEXT NOT NULL REFERENCES digests (key),
    PRIMARY KEY (subscription_id, story_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    digest_key      TEXT NOT NULL REFERENCES digests (key),
    channel_id      TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'failed')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    lease_until     INTEGER,                -- while sending: after this its sender counts as dead
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    last_error      TEXT,
    UNIQUE (digest_key, channel_id)
) STRICT;

CREATE INDEX deliveries_open ON deliveries (status, next_attempt_at) WHERE status IN ('pending', 'sending');

CREATE TABLE attempts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    status      TEXT,                       -- what the delivery became; NULL: no end is known
    error       TEXT,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
