-- Forms of words that stand in texts, by base form (storage.forms): the index has the words as written only. Articles from
-- before have their base forms in the index, until it is made anew by `doctor --rebuild-index`.
CREATE TABLE word_forms (
    base TEXT NOT NULL,
    form TEXT NOT NULL,
    PRIMARY KEY (base, form)
) STRICT, WITHOUT ROWID;
