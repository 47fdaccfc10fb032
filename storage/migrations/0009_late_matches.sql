-- When the archive was tagged anew, for matches that this made; NULL: made when the text came. Instants as in 0001.
ALTER TABLE matches ADD COLUMN late_at INTEGER;
