-- The URL that gave the validators of an address, after redirects; NULL: the address itself.
ALTER TABLE validators ADD COLUMN final_url TEXT;
