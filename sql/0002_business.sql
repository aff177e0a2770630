-- What a company is made of. Every table of a company begins its primary key
-- with company_id, whose default is the company that the connection is in;
-- every reference is (company_id, x_id), so that a row cannot refer to
-- another company's row.

CREATE TABLE branch (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	phone VARCHAR(20) CHARACTER SET ascii NULL,
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
	e164 VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	label VARCHAR(80) NULL,
	language VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'en',
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY phone_number_e164 (company_id, e164),
	KEY phone_number_lookup (e164),
	CONSTRAINT phone_number_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id)
);

CREATE TABLE api_key (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NOT NULL,
	prefix VARCHAR(24) CHARACTER SET ascii NOT NULL,
	key_hash BINARY(32) NOT NULL,
	role ENUM('owner','manager','staff','accountant','read_only') NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at DATETIME(3) NULL,
	revoked_at DATETIME(3) NULL,
	last_used_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY api_key_hash (key_hash),
	CONSTRAINT api_key_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- A company's account at a provider. secret_cell is sealed (core/sys/crypto.h).
CREATE TABLE integration (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	hook VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	agent VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
	from_number VARCHAR(20) CHARACTER SET ascii NULL,
	secret_cell VARBINARY(1024) NOT NULL,
	previous_cell VARBINARY(1024) NULL,
	previous_until DATETIME(3) NULL,
	is_active TINYINT(1) NOT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY integration_hook (provider, hook),
	KEY integration_agent (provider, agent),
	CONSTRAINT integration_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Whatever can be taken: a staff member, a room, a device. booking_seq is
-- written by every take, before it looks: that is what makes takes queue.
CREATE TABLE resource (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	branch_id UUID NOT NULL,
	kind ENUM('staff','room','device') NOT NULL,
	name VARCHAR(120) NOT NULL,
	capacity SMALLINT UNSIGNED NOT NULL DEFAULT 1,
	booking_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
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
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY staff_resource (company_id, resource_id),
	CONSTRAINT staff_branch FOREIGN KEY (company_id, branch_id) REFERENCES branch (company_id, id),
	CONSTRAINT staff_resource FOREIGN KEY (company_id, resource_id) REFERENCES resource (company_id, id)
);

-- Minutes of the branch's local day; a break is the gap between two rows.
CREATE TABLE working_hours (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	staff_id UUID NOT NULL,
	weekday TINYINT UNSIGNED NOT NULL CHECK (weekday BETWEEN 1 AND 7),
	start_minute SMALLINT UNSIGNED NOT NULL,
	end_minute SMALLINT UNSIGNED NOT NULL CHECK (end_minute <= 1440),
	PRIMARY KEY (company_id, id),
	KEY working_hours_staff (company_id, staff_id, weekday),
	CHECK (start_minute < end_minute),
	CONSTRAINT working_hours_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

-- Every service has at least one segment; duration_minutes is their sum.
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

-- Who can do a segment.
CREATE TABLE service_staff (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	service_segment_id UUID NOT NULL,
	staff_id UUID NOT NULL,
	PRIMARY KEY (company_id, service_segment_id, staff_id),
	CONSTRAINT service_staff_segment FOREIGN KEY (company_id, service_segment_id) REFERENCES service_segment (company_id, id),
	CONSTRAINT service_staff_staff FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);

CREATE TABLE customer (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	name VARCHAR(120) NULL,
	phone VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
	email VARCHAR(254) NULL,
	language VARCHAR(16) CHARACTER SET ascii NULL,
	journey ENUM('lead','prospect','customer','regular','vip','inactive') NOT NULL DEFAULT 'lead',
	booking_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY customer_phone (company_id, phone),
	KEY customer_created (company_id, created_at, id),
	CONSTRAINT customer_company FOREIGN KEY (company_id) REFERENCES company (id)
);
