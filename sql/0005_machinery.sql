-- Events, the inbox, jobs, messages, audit: what makes promises hold.
-- company_id 0 is the platform itself; a connection that was never brought
-- anywhere stands above 2147483647 and cannot write.

CREATE TABLE event (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subject_id UUID NOT NULL,
	payload MEDIUMTEXT NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY event_created (company_id, created_at, id),
	KEY event_subject (company_id, subject_id),
	CONSTRAINT event_company CHECK (company_id < 2147483648)
);

CREATE TABLE inbox_event (
	id UUID NOT NULL PRIMARY KEY,
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	dedupe_key VARBINARY(200) NOT NULL,
	event VARCHAR(60) CHARACTER SET ascii NOT NULL,
	external_id VARBINARY(128) NULL,
	body MEDIUMBLOB NOT NULL,
	received_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	UNIQUE KEY inbox_event_dedupe (company_id, provider, dedupe_key),
	KEY inbox_event_external (company_id, provider, external_id),
	KEY inbox_event_received (company_id, received_at, id),
	CONSTRAINT inbox_event_company CHECK (company_id < 2147483648)
);

-- What came of processing an event again (core/inbox/replay.h); open: at most one
-- of an event at a time.
CREATE TABLE inbox_replay (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	inbox_event_id UUID NOT NULL,
	open TINYINT(1) NULL DEFAULT 1,
	state ENUM('queued','running','done','failed') NOT NULL DEFAULT 'queued',
	outcome VARCHAR(300) NULL,
	error VARCHAR(1000) NULL,
	diff MEDIUMTEXT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	began_at DATETIME(3) NULL,
	finished_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY inbox_replay_open (company_id, inbox_event_id, open),
	KEY inbox_replay_event (company_id, inbox_event_id, created_at, id),
	KEY inbox_replay_age (created_at),
	CONSTRAINT inbox_replay_company CHECK (company_id < 2147483648)
);

CREATE TABLE unassigned_call (
	id UUID NOT NULL PRIMARY KEY,
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	provider_call_id VARBINARY(128) NOT NULL,
	inbox_event_id UUID NOT NULL,
	from_number VARCHAR(64) NULL,
	to_number VARCHAR(64) NULL,
	agent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	reason VARCHAR(300) NOT NULL,
	status ENUM('open','assigned') NOT NULL DEFAULT 'open',
	received_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	UNIQUE KEY unassigned_call_provider_id (company_id, provider, provider_call_id),
	KEY unassigned_call_received (company_id, status, received_at, id),
	CONSTRAINT unassigned_call_company CHECK (company_id < 2147483648)
);

-- What is due is told from what waits for its time, so that claims look only at
-- companies that have something to do, in turn.
CREATE TABLE job (
	id UUID NOT NULL PRIMARY KEY,
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	kind VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	unique_key VARBINARY(120) NULL,
	ref_id UUID NULL,
	trace CHAR(55) CHARACTER SET ascii NULL, -- core/base/trace.h
	state ENUM('queued','running','done','dead') NOT NULL DEFAULT 'queued',
	is_due TINYINT(1) NOT NULL DEFAULT 1,
	priority TINYINT UNSIGNED NOT NULL DEFAULT 5,
	attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	max_attempts SMALLINT UNSIGNED NOT NULL DEFAULT 10,
	run_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	lease_until DATETIME(3) NULL,
	owner VARBINARY(64) NULL,
	crashes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	put_off_since DATETIME(3) NULL, -- since then no attempt could be made
	last_error VARCHAR(1000) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	finished_at DATETIME(3) NULL,
	UNIQUE KEY job_unique (company_id, kind, unique_key),
	KEY job_claim (state, is_due, priority, company_id, run_at, id),
	KEY job_waits (state, is_due, run_at),
	KEY job_lease (state, lease_until),
	KEY job_owner (owner),
	KEY job_list (company_id, state, created_at, id),
	KEY job_ref (ref_id),
	CONSTRAINT job_company CHECK (company_id < 2147483648)
);

-- Attempts that failed, for whoever looks at a dead letter.
CREATE TABLE job_failure (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	job_id UUID NOT NULL,
	attempt SMALLINT UNSIGNED NOT NULL,
	error VARCHAR(1000) NOT NULL,
	failed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	KEY job_failure_job (job_id, id),
	KEY job_failure_age (failed_at)
);

CREATE TABLE notification (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	dedupe_key VARBINARY(160) NOT NULL,
	audience ENUM('customer','staff','owner','platform') NOT NULL DEFAULT 'customer',
	channel ENUM('sms','email','slack','telegram','pagerduty','in_app') NOT NULL,
	template VARCHAR(60) CHARACTER SET ascii NOT NULL,
	language VARCHAR(16) CHARACTER SET ascii NOT NULL,
	recipient VARCHAR(254) NOT NULL,
	subject VARCHAR(300) NULL,
	body TEXT NOT NULL,
	body_html MEDIUMTEXT NULL,
	calendar TEXT NULL,
	status ENUM('queued','sent','delivered','failed','undelivered','bounced','opted_out') NOT NULL DEFAULT 'queued',
	provider VARCHAR(20) CHARACTER SET ascii NULL,
	provider_message_id VARBINARY(128) NULL,
	error VARCHAR(500) NULL,
	subject_id UUID NULL, -- what it is about, by its template
	appointment_id UUID NULL,
	call_id UUID NULL,
	customer_id UUID NULL,
	user_id UUID NULL, -- whose it is in the portal
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	send_at DATETIME(3) NULL, -- put off until then
	tried_at DATETIME(3) NULL,
	sent_at DATETIME(3) NULL,
	read_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY notification_dedupe (company_id, dedupe_key),
	KEY notification_provider_message (company_id, provider_message_id),
	KEY notification_created (company_id, created_at, id),
	KEY notification_call (company_id, call_id),
	KEY notification_appointment (company_id, appointment_id),
	KEY notification_customer (company_id, customer_id, created_at),
	KEY notification_user (company_id, user_id, created_at),
	CONSTRAINT notification_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT notification_company CHECK (company_id < 2147483648)
);

-- Who wants no more messages of a kind: an address, whoever's it is.
CREATE TABLE opt_out (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	channel ENUM('sms','email') NOT NULL,
	address VARCHAR(254) NOT NULL,
	source VARCHAR(20) CHARACTER SET ascii NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY opt_out_address (company_id, channel, address),
	CONSTRAINT opt_out_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- What a company says in words of its own; what does not stand here is said
-- as the files of templates_dir say it.
CREATE TABLE template (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	channel ENUM('sms','email','slack','telegram','pagerduty','in_app') NOT NULL,
	language VARCHAR(16) CHARACTER SET ascii NOT NULL,
	subject VARCHAR(500) NULL,
	body TEXT NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY template_text (company_id, name, channel, language),
	CONSTRAINT template_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Where a company's events are posted to (core/delivery); one job at a time has
-- the lease.
CREATE TABLE webhook_endpoint (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	url VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	description VARCHAR(200) NULL,
	event_list VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: all
	source ENUM('api','zapier') NOT NULL DEFAULT 'api',
	format ENUM('envelope','flat') NOT NULL DEFAULT 'envelope',
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	secret_cell VARBINARY(1024) NULL,
	previous_cell VARBINARY(1024) NULL,
	previous_until DATETIME(3) NULL,
	failures INT UNSIGNED NOT NULL DEFAULT 0, -- in a row
	wait_until DATETIME(3) NULL,
	failing_since DATETIME(3) NULL,
	warned_at DATETIME(3) NULL,
	disabled_at DATETIME(3) NULL,
	disabled_reason VARCHAR(300) NULL,
	lease_owner UUID NULL,
	lease_until DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	KEY webhook_endpoint_created (company_id, created_at, id),
	KEY webhook_endpoint_deleted (deleted_at),
	CONSTRAINT webhook_endpoint_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- An event on its way to one of them: the text that is signed and posted.
CREATE TABLE delivery (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	endpoint_id UUID NOT NULL,
	event_id UUID NOT NULL,
	event VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subject_id UUID NULL,
	body TEXT NOT NULL,
	status ENUM('pending','delivered','failed') NOT NULL DEFAULT 'pending',
	attempts INT UNSIGNED NOT NULL DEFAULT 0,
	tries INT UNSIGNED NOT NULL DEFAULT 0, -- since it was sent, or sent again by a person
	next_attempt_at DATETIME(3) NULL,
	response_status SMALLINT UNSIGNED NULL,
	error VARCHAR(300) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	finished_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY delivery_event (company_id, endpoint_id, event_id),
	KEY delivery_due (company_id, endpoint_id, status, next_attempt_at),
	KEY delivery_created (company_id, created_at, id),
	KEY delivery_subject (company_id, subject_id),
	KEY delivery_age (created_at),
	CONSTRAINT delivery_endpoint FOREIGN KEY (company_id, endpoint_id) REFERENCES webhook_endpoint (company_id, id)
);

CREATE TABLE delivery_attempt (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	delivery_id UUID NOT NULL,
	attempt INT UNSIGNED NOT NULL,
	attempted_at DATETIME(3) NOT NULL,
	duration_ms INT UNSIGNED NOT NULL,
	request_headers VARCHAR(1000) CHARACTER SET ascii NOT NULL,
	response_status SMALLINT UNSIGNED NULL,
	response_head TEXT NULL,
	error VARCHAR(300) NULL,
	PRIMARY KEY (company_id, delivery_id, attempt),
	CONSTRAINT delivery_attempt_delivery FOREIGN KEY (company_id, delivery_id) REFERENCES delivery (company_id, id) ON DELETE CASCADE
);

CREATE TABLE provider_call (
	id UUID NOT NULL PRIMARY KEY,
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	operation VARCHAR(60) CHARACTER SET ascii NOT NULL,
	outcome ENUM('answered','not_sent','unknown','refused') NOT NULL,
	http_status SMALLINT UNSIGNED NULL,
	duration_ms INT UNSIGNED NOT NULL,
	error VARCHAR(300) NULL,
	verdict ENUM('ok','rejected','failed','throttled','denied') NOT NULL, -- core/outbound/verdict.h
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	KEY provider_call_created (company_id, created_at, id),
	KEY provider_call_age (created_at, provider, verdict),
	KEY provider_call_latest (company_id, provider, created_at),
	CONSTRAINT provider_call_company CHECK (company_id < 2147483648)
);

-- Whether an account at a provider works: a company's, or in company 0 the
-- platform's. Without a row it has never failed (core/outbound/breaker.h).
CREATE TABLE breaker (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	state ENUM('closed','open','half_open') NOT NULL DEFAULT 'closed',
	since DATETIME(3) NULL,    -- of that; NULL: ever
	retry_at DATETIME(3) NULL, -- nobody asks before; who does then is the probe
	probe UUID NULL,
	passed TINYINT UNSIGNED NOT NULL DEFAULT 0, -- calls let through since, that were not of this kind:
	operation VARCHAR(60) CHARACTER SET ascii NULL,
	reason VARCHAR(300) NULL,
	is_denied TINYINT(1) NOT NULL DEFAULT 0,
	trips SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY breaker_provider (company_id, provider),
	KEY breaker_id (id),
	KEY breaker_state (state),
	CONSTRAINT breaker_company CHECK (company_id < 2147483648)
);

-- What was done, one row a change; no program may change or delete one.
CREATE TABLE audit_entry (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	actor_kind ENUM('none','user','api_key','job','system') NOT NULL,
	actor_id UUID NULL,
	remote_address VARCHAR(45) CHARACTER SET ascii NULL,
	request_id VARCHAR(64) CHARACTER SET ascii NULL,
	action VARCHAR(60) CHARACTER SET ascii NOT NULL,
	subject VARCHAR(40) CHARACTER SET ascii NOT NULL,
	subject_id UUID NULL,
	fields VARCHAR(1000) NULL,
	note VARCHAR(300) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY audit_entry_created (company_id, created_at, id),
	KEY audit_entry_actor (company_id, actor_id, created_at),
	KEY audit_entry_subject (company_id, subject_id, created_at),
	KEY audit_entry_age (created_at),
	CONSTRAINT audit_entry_company CHECK (company_id < 2147483648)
);

-- The chain over them (core/audit/seal.h): added to by one procedure, and
-- otherwise left alone. It outlives the entries, hence no foreign key.
CREATE TABLE audit_seal (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	seq BIGINT UNSIGNED NOT NULL,
	audit_entry_id UUID NOT NULL,
	entry_at DATETIME(3) NOT NULL,
	sealed_at DATETIME(3) NOT NULL,
	entry_hash BINARY(32) NOT NULL,
	hash BINARY(32) NOT NULL,
	PRIMARY KEY (company_id, seq),
	UNIQUE KEY audit_seal_entry (company_id, audit_entry_id),
	KEY audit_seal_age (entry_at),
	CONSTRAINT audit_seal_company CHECK (company_id < 2147483648)
);

-- The answer to a request that came with an Idempotency-Key.
CREATE TABLE idempotency (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	actor_id UUID NOT NULL,
	`key` VARBINARY(255) NOT NULL,
	request_hash BINARY(32) NOT NULL,
	status SMALLINT UNSIGNED NOT NULL,
	location VARCHAR(300) CHARACTER SET ascii NULL,
	body MEDIUMBLOB NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, actor_id, `key`),
	KEY idempotency_age (created_at),
	CONSTRAINT idempotency_company CHECK (company_id < 2147483648)
);

-- Which records of a company changed, in the order of commits: a number is given
-- while the counter is held until the end of the transaction. Kept for a day.
CREATE TABLE live_counter (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	last_id BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (company_id),
	CONSTRAINT live_counter_company CHECK (company_id < 2147483648)
);

CREATE TABLE live_change (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id BIGINT UNSIGNED NOT NULL,
	kind VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subject_id UUID NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY live_change_age (created_at),
	CONSTRAINT live_change_company CHECK (company_id < 2147483648)
);

-- One opens one stream: of this session, to this company.
CREATE TABLE live_ticket (
	hash BINARY(32) NOT NULL PRIMARY KEY,
	session_id UUID NOT NULL,
	company_uid UUID NOT NULL,
	expires_at DATETIME(3) NOT NULL,
	KEY live_ticket_age (expires_at)
);
