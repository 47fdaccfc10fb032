-- Deliveries know what the channel calls their message, whether their channel was closed, and what they were folded into.

CREATE TABLE attempts_kept AS SELECT * FROM attempts;
DROP TABLE attempts;
CREATE TABLE deliveries_kept AS SELECT * FROM deliveries;
DROP TABLE deliveries;

CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    digest_key      TEXT NOT NULL REFERENCES digests (key),
    channel_id      TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'folded')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    lease_until     INTEGER,                -- while sending: after this its sender counts as dead
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    last_error      TEXT,
    message_id      TEXT NOT NULL DEFAULT '', -- what the channel calls the message, so that it can be changed
    closed          INTEGER NOT NULL DEFAULT 0, -- failed because the channel was: due again when that is mended
    folded_into     TEXT REFERENCES digests (key), -- the summary that told it in its place
    UNIQUE (digest_key, channel_id)
) STRICT;

INSERT INTO deliveries (id, digest_key, channel_id, status, attempts, next_attempt_at, lease_until, created_at, sent_at,
    last_error) SELECT id, digest_key, channel_id, status, attempts, next_attempt_at, lease_until, created_at, sent_at,
    last_error FROM deliveries_kept;
DROP TABLE deliveries_kept;

CREATE INDEX deliveries_open ON deliveries (status, next_attempt_at) WHERE status IN ('pending', 'sending');
CREATE INDEX deliveries_by_channel ON deliveries (channel_id, status) WHERE status IN ('pending', 'sending', 'failed');

CREATE TABLE attempts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    status      TEXT,                       -- what the delivery became; NULL: no end is known
    error       TEXT,
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO attempts (delivery_id, number, started_at, status, error) SELECT delivery_id, number, started_at, status,
    error FROM attempts_kept;
DROP TABLE attempts_kept;

-- channels through which nothing goes until somebody mends them
CREATE TABLE stopped_channels (
    channel_id TEXT NOT NULL PRIMARY KEY,
    since      INTEGER NOT NULL,
    why        TEXT NOT NULL,
    told       INTEGER NOT NULL DEFAULT 0   -- whether the operator was
) STRICT, WITHOUT ROWID;

-- articles that an alert has told: one that moves to another story by an edit is no news there
CREATE TABLE told_articles (
    subscription_id TEXT NOT NULL,
    article_id      INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (subscription_id, article_id)
) STRICT, WITHOUT ROWID;
