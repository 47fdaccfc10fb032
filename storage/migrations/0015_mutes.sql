-- What channels are not told for a time, and articles that were decided on without a message that counts them.

CREATE TABLE mutes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('story', 'entry', 'source', 'rule')),
    what       TEXT NOT NULL,               -- number of the story, id of the entry or source, name of the rule
    channel_id TEXT NOT NULL,
    since      INTEGER NOT NULL,
    until      INTEGER NOT NULL CHECK (until > since)
) STRICT;

CREATE TABLE uncounted (
    subscription_id TEXT NOT NULL REFERENCES subscriptions (id),
    what            TEXT NOT NULL,          -- folded, or the reason why they were dropped
    articles        INTEGER NOT NULL,
    PRIMARY KEY (subscription_id, what)
) STRICT, WITHOUT ROWID;
