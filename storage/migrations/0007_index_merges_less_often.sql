-- The index merges sixteen pieces instead of eight, and everything of one size at once only when these are many: a twentieth
-- less work for the whole, and searches take as long.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 64);
