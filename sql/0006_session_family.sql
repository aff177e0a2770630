-- All refresh tokens of a session begin alike; the hash of that beginning tells
-- a token that was spent, however long ago, from one that never was. Sessions
-- from before get theirs at their next refresh.

ALTER TABLE session ADD COLUMN family_hash BINARY(32) NULL AFTER client;

ALTER TABLE session ADD UNIQUE KEY session_family (family_hash);

ALTER TABLE session DROP COLUMN previous_hash;
