-- Calls, appointments, and what is taken when.

CREATE TABLE `call` (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	provider_call_id VARBINARY(128) NOT NULL,
	agent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	direction ENUM('inbound','outbound') NOT NULL DEFAULT 'inbound',
	status ENUM('inbound','ongoing','completed','analyzed','failed','missed') NOT NULL DEFAULT 'inbound',
	from_number VARCHAR(64) NULL,
	to_number VARCHAR(64) NULL,
	number_match ENUM('exact','notation','last_ten_digits') NULL,
	branch_id UUID NULL,
	phone_number_id UUID NULL,
	customer_id UUID NULL,
	appointment_id UUID NULL,
	started_at DATETIME(3) NULL,
	ended_at DATETIME(3) NULL,
	duration_seconds INT UNSIGNED NULL,
	disconnection_reason VARCHAR(60) NULL,
	language VARCHAR(16) CHARACTER SET ascii NULL,
	transcript MEDIUMTEXT NULL,
	summary TEXT NULL,
	sentiment VARCHAR(16) NULL,
	recording_url VARCHAR(2000) NULL,
	booking_outcome ENUM('none','booked','alternative_booked','offered','unclear','failed') NULL,
	booking_details TEXT NULL,
	customer_cents BIGINT NULL,
	currency CHAR(3) CHARACTER SET ascii NULL,
	platform_microusd BIGINT NULL,
	cost_parts VARCHAR(300) CHARACTER SET ascii NULL,
	exchange_rate_micro BIGINT NULL,
	exchange_rate_on DATE NULL,
	exchange_rate_source VARCHAR(20) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	erased_at DATETIME(3) NULL,
	begun_at DATETIME(3) AS (COALESCE(started_at, created_at)) PERSISTENT,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY call_provider_id (company_id, provider, provider_call_id),
	KEY call_begun (company_id, begun_at, id),
	KEY call_customer (company_id, customer_id, begun_at),
	CONSTRAINT call_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT call_number FOREIGN KEY (company_id, phone_number_id) REFERENCES phone_number (company_id, id),
	CONSTRAINT call_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT call_company FOREIGN KEY (company_id) REFERENCES company (id)
);

CREATE TABLE call_event (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	call_id UUID NOT NULL,
	inbox_event_id UUID NOT NULL,
	event VARCHAR(60) CHARACTER SET ascii NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY call_event_inbox (company_id, inbox_event_id, call_id),
	KEY call_event_call (company_id, call_id),
	CONSTRAINT call_event_call FOREIGN KEY (company_id, call_id) REFERENCES `call` (company_id, id)
);

-- Visits that repeat: rrule is RFC 5545's, the times are wall clock.
CREATE TABLE booking_series (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	customer_id UUID NOT NULL,
	service_id UUID NOT NULL,
	staff_id UUID NULL,
	branch_id UUID NULL,
	rrule VARCHAR(500) CHARACTER SET ascii NOT NULL,
	local_start DATETIME NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	notes VARCHAR(2000) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY booking_series_customer (company_id, customer_id, created_at),
	CONSTRAINT booking_series_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT booking_series_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id),
	CONSTRAINT booking_series_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
	CONSTRAINT booking_series_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id)
);

CREATE TABLE appointment (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	customer_id UUID NOT NULL,
	service_id UUID NOT NULL,
	staff_id UUID NOT NULL,
	call_id UUID NULL,
	status ENUM('scheduled','confirmed','in_progress','completed','cancelled','no_show','needs_attention') NOT NULL,
	starts_at DATETIME(3) NOT NULL,
	ends_at DATETIME(3) NOT NULL,
	local_start DATETIME NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	tz_version VARCHAR(16) CHARACTER SET ascii NOT NULL,
	price_cents BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	source ENUM('phone','web','api','portal') NOT NULL,
	notes VARCHAR(2000) NULL,
	cancel_reason VARCHAR(300) NULL,
	cancelled_at DATETIME(3) NULL,
	late_fee_cents BIGINT NULL,
	series_id UUID NULL,
	version BIGINT NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY appointment_start (company_id, starts_at, id),
	KEY appointment_customer (company_id, customer_id, starts_at),
	UNIQUE KEY appointment_call (company_id, call_id),
	KEY appointment_series (company_id, series_id, starts_at),
	CHECK (starts_at < ends_at),
	CONSTRAINT appointment_series FOREIGN KEY (company_id, series_id) REFERENCES booking_series (company_id, id),
	CONSTRAINT appointment_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT appointment_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT appointment_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id),
	CONSTRAINT appointment_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
	CONSTRAINT appointment_call FOREIGN KEY (company_id, call_id) REFERENCES `call` (company_id, id)
);

CREATE TABLE appointment_segment (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	appointment_id UUID NOT NULL,
	service_segment_id UUID NOT NULL,
	staff_id UUID NOT NULL,
	starts_at DATETIME(3) NOT NULL,
	ends_at DATETIME(3) NOT NULL,
	PRIMARY KEY (company_id, id),
	KEY appointment_segment_start (company_id, appointment_id, starts_at),
	CONSTRAINT appointment_segment_appointment FOREIGN KEY (company_id, appointment_id) REFERENCES appointment (company_id, id),
	CONSTRAINT appointment_segment_segment FOREIGN KEY (company_id, service_segment_id) REFERENCES service_segment (company_id, id),
	CONSTRAINT appointment_segment_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

-- What was added to an appointment, as it was then.
CREATE TABLE appointment_add_on (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	appointment_id UUID NOT NULL,
	add_on_id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	duration_minutes SMALLINT UNSIGNED NOT NULL,
	price_cents BIGINT NOT NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY appointment_add_on_once (company_id, appointment_id, add_on_id),
	CONSTRAINT appointment_add_on_appointment FOREIGN KEY (company_id, appointment_id) REFERENCES appointment (company_id, id),
	CONSTRAINT appointment_add_on_add_on FOREIGN KEY (company_id, add_on_id) REFERENCES service_add_on (company_id, id)
);

-- Bookings by people without a log-in, per address: the limit of the API. Kept
-- for a day.
CREATE TABLE visitor_booking (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	remote_address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY visitor_booking_address (company_id, remote_address, created_at),
	KEY visitor_booking_age (created_at),
	CONSTRAINT visitor_booking_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- A visit kept free for somebody until expires_at, then swept away.
CREATE TABLE hold (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	service_id UUID NOT NULL,
	staff_id UUID NOT NULL,
	customer_id UUID NULL,
	add_ons VARCHAR(800) CHARACTER SET ascii NULL, -- their ids, a JSON array
	starts_at DATETIME(3) NOT NULL,
	ends_at DATETIME(3) NOT NULL,
	local_start DATETIME NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	expires_at DATETIME(3) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY hold_expiry (expires_at),
	CHECK (starts_at < ends_at),
	CONSTRAINT hold_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT hold_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id),
	CONSTRAINT hold_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
	CONSTRAINT hold_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id)
);

-- Wishes that could not be had: who wants what, when; the whole visit lies
-- between two minutes of a local day. waits_until: the end of to_day. An offer
-- is a hold with an end; what was offered last stays known, so that it is not
-- offered again.
CREATE TABLE waiting_list_entry (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	customer_id UUID NOT NULL,
	service_id UUID NOT NULL,
	staff_id UUID NULL,
	branch_id UUID NULL,
	from_day DATE NOT NULL,
	to_day DATE NOT NULL,
	start_minute SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	end_minute SMALLINT UNSIGNED NOT NULL DEFAULT 1440,
	waits_until DATETIME(3) NOT NULL,
	status ENUM('waiting','offered','booked','expired','cancelled') NOT NULL DEFAULT 'waiting',
	hold_id UUID NULL,
	offer_expires_at DATETIME(3) NULL,
	offered_starts_at DATETIME(3) NULL,
	offered_ends_at DATETIME(3) NULL,
	offered_local_start DATETIME NULL,
	offered_staff_id UUID NULL,
	offered_branch_id UUID NULL,
	offers SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	ignored SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	appointment_id UUID NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY waiting_list_entry_created (company_id, created_at, id),
	KEY waiting_list_entry_status (company_id, status, created_at, id),
	CHECK (from_day <= to_day),
	CHECK (start_minute < end_minute AND end_minute <= 1440),
	CONSTRAINT waiting_list_entry_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT waiting_list_entry_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id),
	CONSTRAINT waiting_list_entry_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
	CONSTRAINT waiting_list_entry_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT waiting_list_entry_appointment FOREIGN KEY (company_id, appointment_id) REFERENCES appointment (company_id, id)
);

-- What is taken, buffers included. The key with WITHOUT OVERLAPS refuses a
-- double booking whatever the code does. A row lasts a day at most (longer
-- ones are several): so a search has two ends. class_of: this is a seat in a
-- class of that service; whoever sits in lane 0 also holds what the class
-- needs, and hands it on when leaving: lane 0 is taken as long as a class has
-- anybody in it.
CREATE TABLE occupancy (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	resource_id UUID NOT NULL,
	lane SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	starts_at DATETIME(3) NOT NULL,
	ends_at DATETIME(3) NOT NULL,
	kind ENUM('appointment','hold','block','external') NOT NULL,
	appointment_id UUID NULL,
	hold_id UUID NULL,
	expires_at DATETIME(3) NULL,
	class_of UUID NULL,
	PERIOD FOR span (starts_at, ends_at),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY occupancy_span (company_id, resource_id, lane, span WITHOUT OVERLAPS),
	KEY occupancy_appointment (company_id, appointment_id),
	KEY occupancy_hold (company_id, hold_id),
	CONSTRAINT occupancy_day CHECK (ends_at <= starts_at + INTERVAL 1 DAY),
	CONSTRAINT occupancy_resource FOREIGN KEY (company_id, resource_id) REFERENCES resource (company_id, id),
	CONSTRAINT occupancy_appointment FOREIGN KEY (company_id, appointment_id) REFERENCES appointment (company_id, id),
	CONSTRAINT occupancy_hold FOREIGN KEY (company_id, hold_id) REFERENCES hold (company_id, id)
);

CREATE TABLE task (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	dedupe_key VARBINARY(120) NOT NULL,
	kind VARCHAR(40) CHARACTER SET ascii NOT NULL,
	title VARCHAR(200) NOT NULL,
	detail VARCHAR(2000) NULL,
	call_id UUID NULL,
	customer_id UUID NULL,
	appointment_id UUID NULL,
	status ENUM('open','done') NOT NULL DEFAULT 'open',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	done_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY task_dedupe (company_id, dedupe_key),
	KEY task_status (company_id, status, created_at, id),
	CONSTRAINT task_call FOREIGN KEY (company_id, call_id) REFERENCES `call` (company_id, id),
	CONSTRAINT task_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
	CONSTRAINT task_company FOREIGN KEY (company_id) REFERENCES company (id)
);
