-- What an address listed at its last reading, by digests (monitor.types.Validators.seen): what stands there again is not read again.
ALTER TABLE validators ADD COLUMN seen BLOB NOT NULL DEFAULT x'';
