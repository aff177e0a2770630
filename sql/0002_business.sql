-- What a company is made of. Every table of a company begins its primary key
-- with company_id, whose default is the company that the connection is in;
-- every reference is (company_id, x_id), so that a row cannot refer to
-- another company's row.

-- Changes whenever a row changes by which somebody can be booked, or not: what
-- was read while it was the same is true (core/booking/known.h). Triggers write it.
CREATE TABLE calendar_version (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648) PRIMARY KEY,
	version UUID NOT NULL,
	CONSTRAINT calendar_version_company FOREIGN KEY (company_id) REFERENCES company (id)
);

CREATE TABLE branch (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	phone VARCHAR(40) CHARACTER SET ascii NULL,
	email VARCHAR(254) NULL,
	address VARCHAR(300) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	CONSTRAINT branch_company FOREIGN KEY (company_id) REFERENCES company (id)
);

CREATE TABLE phone_number (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	e164 VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	label VARCHAR(80) NULL,
	language VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'en',
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY phone_number_e164 (company_id, e164),
	KEY phone_number_lookup (e164),
	CONSTRAINT phone_number_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id)
);

-- A key for programs, of which only the hash is here: with a role, or with the
-- permissions that are listed (names, by commas), from anywhere or from the
-- networks that are listed. The key before the last rotation holds until
-- previous_until.
CREATE TABLE api_key (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	prefix VARCHAR(24) CHARACTER SET ascii NOT NULL,
	last_four VARCHAR(4) CHARACTER SET ascii NOT NULL DEFAULT '',
	key_hash BINARY(32) NOT NULL,
	previous_hash BINARY(32) NULL,
	previous_until DATETIME(3) NULL,
	role ENUM('owner','manager','staff','accountant','read_only') NULL,
	permission_list VARCHAR(2000) CHARACTER SET ascii NULL,
	address_list VARCHAR(1000) CHARACTER SET ascii NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	issued_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at DATETIME(3) NULL,
	revoked_at DATETIME(3) NULL,
	last_used_at DATETIME(3) NULL,
	reminded_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY api_key_hash (key_hash),
	UNIQUE KEY api_key_previous (previous_hash),
	KEY api_key_issued (issued_at),
	CHECK ((role IS NULL) <> (permission_list IS NULL)),
	CONSTRAINT api_key_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- A company's account at a provider. The cells are sealed (core/sys/crypto.h):
-- its API key; what webhooks are signed with, where that is another secret; and,
-- until previous_until, what they were signed with before the last change.
CREATE TABLE integration (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	label VARCHAR(80) NULL,
	hook VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	agent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	from_number VARCHAR(20) CHARACTER SET ascii NULL,
	secret_cell VARBINARY(1024) NOT NULL,
	secret_last_four VARCHAR(4) CHARACTER SET ascii NULL,
	signing_cell VARBINARY(1024) NULL,
	signing_secret_last_four VARCHAR(4) CHARACTER SET ascii NULL,
	previous_cell VARBINARY(1024) NULL,
	previous_until DATETIME(3) NULL,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	last_test_at DATETIME(3) NULL,
	last_test_ok TINYINT(1) NOT NULL DEFAULT 0,
	last_test_error VARCHAR(300) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY integration_hook (provider, hook),
	KEY integration_agent (provider, agent),
	CONSTRAINT integration_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Whatever can be taken: a staff member, a room, a device. booking_seq is
-- written by every take, before it looks: that is what makes takes queue. A
-- resource of capacity n has the lanes 0 .. n-1; a staff member has lane 0,
-- and a class in lane 0 has its other seats in the lanes above.
CREATE TABLE resource (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	kind ENUM('staff','room','device') NOT NULL,
	name VARCHAR(120) NOT NULL,
	capacity SMALLINT UNSIGNED NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 100),
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	booking_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	CONSTRAINT resource_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id)
);

CREATE TABLE staff (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	resource_id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	email VARCHAR(254) NULL,
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	feed_seq INT UNSIGNED NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY staff_resource (company_id, resource_id),
	CONSTRAINT staff_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT staff_resource FOREIGN KEY (company_id, resource_id) REFERENCES resource (company_id, id)
);

-- When somebody works in a branch; without staff_id, when the branch is open
-- (a branch without such rows is open whenever somebody works). Minutes of the
-- branch's local day; a break is the gap between two rows. A row is of every
-- week (weekday, 1 Monday .. 7 Sunday, perhaps only within its validity, both
-- days included) or of one day: then it stands in for the weekly ones, and
-- 0 to 0 says that there is no work that day.
CREATE TABLE working_hours (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	staff_id UUID NULL,
	weekday TINYINT UNSIGNED NULL CHECK (weekday BETWEEN 1 AND 7),
	day DATE NULL,
	valid_from DATE NULL,
	valid_to DATE NULL,
	start_minute SMALLINT UNSIGNED NOT NULL,
	end_minute SMALLINT UNSIGNED NOT NULL CHECK (end_minute <= 1440),
	PRIMARY KEY (company_id, id),
	KEY working_hours_staff (company_id, staff_id, branch_id),
	KEY working_hours_branch (company_id, branch_id, staff_id),
	CHECK (start_minute < end_minute OR (end_minute = 0 AND day IS NOT NULL)),
	CHECK ((weekday IS NULL) <> (day IS NULL)),
	CHECK (weekday IS NOT NULL OR (valid_from IS NULL AND valid_to IS NULL)),
	CHECK (valid_from <= valid_to),
	CONSTRAINT working_hours_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT working_hours_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

-- Holidays, illness: local time of whichever branch somebody would work in.
CREATE TABLE time_off (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	staff_id UUID NOT NULL,
	local_start DATETIME NOT NULL,
	local_end DATETIME NOT NULL,
	reason VARCHAR(200) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY time_off_staff (company_id, staff_id, local_end),
	CHECK (local_start < local_end),
	CONSTRAINT time_off_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

-- A day on which a branch is closed, whatever else is said; without branch_id,
-- all of them. place: where, for the key that keeps a day from being there twice.
CREATE TABLE closed_day (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NULL,
	day DATE NOT NULL,
	name VARCHAR(200) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	place UUID AS (COALESCE(branch_id, '00000000-0000-0000-0000-000000000000')) PERSISTENT,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY closed_day_once (company_id, day, place),
	CONSTRAINT closed_day_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT closed_day_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Every service has at least one segment; duration_minutes is their sum. A
-- service of capacity above 1 is a class: so many customers at once, with one
-- segment. staff_choice: who does it when nobody is wished. A visit that is
-- cancelled later than cancel_notice_minutes ahead owes late_fee_cents.
CREATE TABLE service (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	description VARCHAR(1000) NULL,
	duration_minutes SMALLINT UNSIGNED NOT NULL,
	price_cents BIGINT NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	buffer_before_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	buffer_after_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	grid_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 15 CHECK (grid_minutes BETWEEN 5 AND 60),
	notice_minutes INT UNSIGNED NOT NULL DEFAULT 60,
	horizon_days SMALLINT UNSIGNED NOT NULL DEFAULT 90,
	capacity SMALLINT UNSIGNED NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 100),
	staff_choice ENUM('least_loaded','longest_idle','round_robin','usual') NOT NULL DEFAULT 'least_loaded',
	cancel_notice_minutes INT UNSIGNED NOT NULL DEFAULT 0,
	late_fee_cents BIGINT NOT NULL DEFAULT 0,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	CONSTRAINT service_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- A step of a service: duration with a staff member, then processing during
-- which that member is free. same_staff_as: position of an earlier segment
-- whose staff member does this one too.
CREATE TABLE service_segment (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	service_id UUID NOT NULL,
	position SMALLINT UNSIGNED NOT NULL,
	name VARCHAR(120) NOT NULL,
	duration_minutes SMALLINT UNSIGNED NOT NULL CHECK (duration_minutes > 0),
	processing_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	same_staff_as SMALLINT UNSIGNED NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY service_segment_position (company_id, service_id, position),
	CONSTRAINT service_segment_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id)
);

-- Who can do a segment, perhaps faster or slower than others; price_cents is
-- the price of the whole service with this person, and counts on the first
-- segment. chosen_at: when this person was last chosen among several.
CREATE TABLE service_staff (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	service_segment_id UUID NOT NULL,
	staff_id UUID NOT NULL,
	duration_minutes SMALLINT UNSIGNED NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
	price_cents BIGINT NULL,
	chosen_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY service_staff_once (company_id, service_segment_id, staff_id),
	CONSTRAINT service_staff_segment FOREIGN KEY (company_id, service_segment_id) REFERENCES service_segment (company_id, id),
	CONSTRAINT service_staff_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

-- What a segment needs beside staff: of each requirement one resource, which
-- is taken until the processing ends, because the customer stays in it.
CREATE TABLE service_resource (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	service_segment_id UUID NOT NULL,
	requirement SMALLINT UNSIGNED NOT NULL DEFAULT 1,
	resource_id UUID NOT NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY service_resource_once (company_id, service_segment_id, requirement, resource_id),
	CONSTRAINT service_resource_segment FOREIGN KEY (company_id, service_segment_id) REFERENCES service_segment (company_id, id),
	CONSTRAINT service_resource_resource FOREIGN KEY (company_id, resource_id) REFERENCES resource (company_id, id)
);

-- What can be added to a service: its time goes to the end of the last segment.
CREATE TABLE service_add_on (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	service_id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	duration_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	price_cents BIGINT NOT NULL DEFAULT 0,
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	KEY service_add_on_service (company_id, service_id, position),
	CONSTRAINT service_add_on_service FOREIGN KEY (company_id, service_id) REFERENCES service (company_id, id)
);

-- live_phone: a number belongs to one customer who is not deleted. erased_at:
-- what was known of the person is gone (core/privacy); who is erased is deleted.
CREATE TABLE customer (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NULL,
	phone VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
	email VARCHAR(254) NULL,
	language VARCHAR(16) CHARACTER SET ascii NULL,
	preferred_channel ENUM('sms','email') NULL,
	journey ENUM('lead','prospect','customer','regular','vip','inactive') NOT NULL DEFAULT 'lead',
	no_show_count INT UNSIGNED NOT NULL DEFAULT 0,
	booking_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	erased_at DATETIME(3) NULL,
	live_phone VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin AS (IF(deleted_at IS NULL, phone, NULL)) PERSISTENT,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY customer_phone (company_id, live_phone),
	KEY customer_created (company_id, created_at, id),
	CONSTRAINT customer_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- What a customer said to a way of being reached or recorded; the last word on
-- a channel counts. Rows are added, never changed.
CREATE TABLE consent (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	customer_id UUID NOT NULL,
	channel ENUM('sms','email','phone','whatsapp','marketing','recording') NOT NULL,
	state ENUM('given','withdrawn') NOT NULL,
	source VARCHAR(200) NULL,
	said_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	actor_kind ENUM('none','user','api_key','job','system') NOT NULL,
	actor_id UUID NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	KEY consent_customer (company_id, customer_id, channel, said_at, id),
	KEY consent_created (company_id, created_at, id),
	CONSTRAINT consent_customer FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id)
);
