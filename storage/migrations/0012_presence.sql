-- Whether the pages of tagged articles still stand (monitor.presence). Instants as in 0001.

CREATE TABLE presence (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    due_at     INTEGER,                   -- of the next look; NULL: there is none
    missing_at INTEGER,
    gone_at    INTEGER,
    back_at    INTEGER,
    status     INTEGER
) STRICT;

CREATE INDEX presence_due ON presence (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX presence_gone ON presence (gone_at) WHERE gone_at IS NOT NULL;
