-- What made the search index, and how far one is that is being made anew (storage.reindexing).

CREATE TABLE index_state (
    analyser  INTEGER,   -- monitor.text.words.ANALYSER of then; NULL: made before this was put down
    making    TEXT,      -- the table that is being filled: search_index, or search_index_next beside it; NULL: none
    making_by INTEGER,   -- its analyser
    position  INTEGER    -- articles with this sort key or a higher one are in it; NULL: none is yet
) STRICT;

INSERT INTO index_state VALUES (NULL, NULL, NULL, NULL);
