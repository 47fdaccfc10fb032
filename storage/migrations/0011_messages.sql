-- What the channel calls the message of a delivery once it took it, so that it can be changed; empty: nothing.
ALTER TABLE deliveries ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
