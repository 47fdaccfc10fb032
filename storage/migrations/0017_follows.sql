-- An article of a new story may name the one of an earlier story, closed by then, that it goes on from.

CREATE TABLE relations_that_follow (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('excerpt_of', 'quotes', 'follows')),
    other_id   INTEGER NOT NULL REFERENCES articles (id),
    share      REAL NOT NULL,
    PRIMARY KEY (article_id, other_id)
) STRICT, WITHOUT ROWID;

INSERT INTO relations_that_follow SELECT article_id, kind, other_id, share FROM relations;
DROP TABLE relations;
ALTER TABLE relations_that_follow RENAME TO relations;
CREATE INDEX relations_by_other ON relations (other_id);
