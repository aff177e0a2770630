-- All refresh tokens of a session begin alike; the hash of that beginning tells
-- a token that was spent, however long ago, from one that never was. Sessions
-- from before get theirs at their next refresh.

UPDATE session SET previous_hash = NULL;

ALTER TABLE session
	CHANGE COLUMN previous_hash family_hash BINARY(32) NULL,
	DROP KEY session_previous,
	ADD UNIQUE KEY session_family (family_hash);
