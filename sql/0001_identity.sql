-- Who exists: tenants, companies, people, their sessions. These tables are
-- not seen through views: the doors (sys_* procedures) answer for them.

CREATE TABLE plan (
	id UUID NOT NULL PRIMARY KEY,
	code VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	name VARCHAR(120) NOT NULL,
	minute_cents BIGINT NOT NULL,
	base_cents BIGINT NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	UNIQUE KEY plan_code (code)
);

-- What companies that sign up begin with.
INSERT INTO plan (id, code, name, minute_cents)
SELECT '01900000-0000-7000-8000-000000000011', 'standard', 'Standard', 20
WHERE NOT EXISTS (SELECT 1 FROM plan WHERE code = 'standard');

-- An agency or reseller; its companies show its name, logo, colour and addresses.
CREATE TABLE tenant (
	id UUID NOT NULL PRIMARY KEY,
	slug VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	name VARCHAR(120) NOT NULL,
	logo_url VARCHAR(500) CHARACTER SET ascii NULL,
	colour CHAR(7) CHARACTER SET ascii NULL, -- #rrggbb
	email_from VARCHAR(254) NULL,
	support_email VARCHAR(254) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	UNIQUE KEY tenant_slug (slug)
);

-- The platform's own, which companies that sign up belong to.
INSERT INTO tenant (id, slug, name)
SELECT '01900000-0000-7000-8000-000000000020', 'frontdesk', 'Frontdesk'
WHERE NOT EXISTS (SELECT 1 FROM tenant WHERE slug = 'frontdesk');

CREATE TABLE company (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	uid UUID NOT NULL,
	tenant_id UUID NOT NULL,
	plan_id UUID NOT NULL,
	slug VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	name VARCHAR(120) NOT NULL,
	country CHAR(2) CHARACTER SET ascii NOT NULL,
	time_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	currency CHAR(3) CHARACTER SET ascii NOT NULL,
	locale VARCHAR(16) CHARACTER SET ascii NOT NULL,
	status ENUM('trial','active','suspended','closed') NOT NULL DEFAULT 'trial',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	UNIQUE KEY company_uid (uid),
	UNIQUE KEY company_slug (slug),
	CONSTRAINT company_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (id),
	CONSTRAINT company_plan FOREIGN KEY (plan_id) REFERENCES plan (id)
);

-- What a company decides for itself: one row, made with the company, whose uid
-- is its id.
CREATE TABLE company_settings (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648) PRIMARY KEY,
	id UUID NOT NULL,
	public_booking TINYINT(1) NOT NULL DEFAULT 1,
	requires_confirmation TINYINT(1) NOT NULL DEFAULT 0,
	max_open_bookings SMALLINT UNSIGNED NULL, -- of one customer
	require_totp TINYINT(1) NOT NULL DEFAULT 0, -- of owners and managers
	cors_origins VARCHAR(2000) CHARACTER SET ascii NULL, -- with one blank between two
	frame_origins VARCHAR(2000) CHARACTER SET ascii NULL,
	-- how long each kind of data is kept; 0: for ever
	retention_transcripts_days SMALLINT UNSIGNED NOT NULL DEFAULT 365,
	retention_recordings_days SMALLINT UNSIGNED NOT NULL DEFAULT 90,
	retention_inbox_days SMALLINT UNSIGNED NOT NULL DEFAULT 90,
	retention_notifications_days SMALLINT UNSIGNED NOT NULL DEFAULT 365,
	retention_audit_days SMALLINT UNSIGNED NOT NULL DEFAULT 1095,
	retention_calls_days SMALLINT UNSIGNED NOT NULL DEFAULT 1095,
	retention_inactive_customers_days SMALLINT UNSIGNED NOT NULL DEFAULT 1095,
	-- messages to customers
	reminder_first_hours SMALLINT UNSIGNED NOT NULL DEFAULT 24, -- before a visit; 0: none
	reminder_second_hours SMALLINT UNSIGNED NOT NULL DEFAULT 2,
	quiet_from SMALLINT UNSIGNED NOT NULL DEFAULT 1320, -- minutes of the local day; the same: never
	quiet_to SMALLINT UNSIGNED NOT NULL DEFAULT 420,
	daily_message_cap SMALLINT UNSIGNED NOT NULL DEFAULT 20, -- of one channel to one customer; 0: none
	CONSTRAINT company_settings_company FOREIGN KEY (company_id) REFERENCES company (id)
);

CREATE TABLE user (
	id UUID NOT NULL PRIMARY KEY,
	email VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(120) NOT NULL,
	locale VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'en',
	password_hash VARBINARY(100) NOT NULL, -- '*': none yet
	is_platform_admin TINYINT(1) NOT NULL DEFAULT 0,
	email_verified_at DATETIME(3) NULL,
	totp_cell VARBINARY(200) NULL, -- the sealed secret; being set up while …
	totp_enabled_at DATETIME(3) NULL, -- … this is absent
	totp_step BIGINT NOT NULL DEFAULT 0, -- the last one whose code was used
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	disabled_at DATETIME(3) NULL,
	UNIQUE KEY user_email (email)
);

-- Stands in for a code of the second factor, once.
CREATE TABLE recovery_code (
	user_id UUID NOT NULL,
	code_hash BINARY(32) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (user_id, code_hash),
	CONSTRAINT recovery_code_user FOREIGN KEY (user_id) REFERENCES user (id)
);

-- A letter about an account. Some carry a link (a MAC over this row's id, which
-- is stored nowhere): it holds until expires_at, and is used once. What asks for
-- one does not look whether the address has an account: the worker does.
CREATE TABLE account_mail (
	id UUID NOT NULL PRIMARY KEY,
	kind ENUM('verify','reset','email_new','email_old','exists','password_changed','two_factor_on','two_factor_off') NOT NULL,
	recipient VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	user_id UUID NULL, -- absent: whoever has that address
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at DATETIME(3) NULL, -- absent: it carries no link
	used_at DATETIME(3) NULL,
	sent_at DATETIME(3) NULL,
	KEY account_mail_recipient (recipient, kind, sent_at),
	KEY account_mail_age (created_at),
	CONSTRAINT account_mail_user FOREIGN KEY (user_id) REFERENCES user (id)
);

CREATE TABLE membership (
	user_id UUID NOT NULL,
	company_id INT UNSIGNED NOT NULL,
	role ENUM('owner','manager','staff','accountant','read_only') NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (user_id, company_id),
	KEY membership_company (company_id, user_id),
	CONSTRAINT membership_user FOREIGN KEY (user_id) REFERENCES user (id),
	CONSTRAINT membership_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Somebody who is asked by e-mail to come into a company; gone when accepted.
CREATE TABLE invitation (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	email VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	role ENUM('owner','manager','staff','accountant','read_only') NOT NULL,
	locale VARCHAR(16) CHARACTER SET ascii NULL, -- of the letter; absent: the company's
	invited_by UUID NULL, -- a person; absent: an API key
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	sent_at DATETIME(3) NULL,
	expires_at DATETIME(3) NOT NULL,
	PRIMARY KEY (company_id, id),
	UNIQUE KEY invitation_email (company_id, email),
	KEY invitation_created (company_id, created_at, id),
	CONSTRAINT invitation_user FOREIGN KEY (invited_by) REFERENCES user (id),
	CONSTRAINT invitation_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- A log-in. Its refresh token is spent at each use. All refresh tokens of a
-- session begin alike: the hash of that beginning tells a token that was spent,
-- however long ago, from one that never was. The one that was spent last may
-- come once more within seconds, from the device that spent it: the answer was
-- lost, or two windows asked at once.
CREATE TABLE session (
	id UUID NOT NULL PRIMARY KEY,
	user_id UUID NOT NULL,
	client ENUM('web','app') NOT NULL,
	family_hash BINARY(32) NOT NULL,
	refresh_hash BINARY(32) NOT NULL,
	spent_hash BINARY(32) NULL,
	remote_address VARCHAR(45) CHARACTER SET ascii NULL,
	user_agent VARCHAR(200) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	refreshed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at DATETIME(3) NOT NULL,
	revoked_at DATETIME(3) NULL,
	KEY session_user (user_id, created_at),
	KEY session_expiry (expires_at),
	UNIQUE KEY session_refresh (refresh_hash),
	UNIQUE KEY session_family (family_hash),
	CONSTRAINT session_user FOREIGN KEY (user_id) REFERENCES user (id)
);

-- Who administers a tenant.
CREATE TABLE tenant_membership (
	user_id UUID NOT NULL,
	tenant_id UUID NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (user_id, tenant_id),
	KEY tenant_membership_tenant (tenant_id, user_id),
	CONSTRAINT tenant_membership_user FOREIGN KEY (user_id) REFERENCES user (id),
	CONSTRAINT tenant_membership_tenant FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- An administrator's session acts inside a company: for an hour, with a reason
-- that stands in that company's audit. It ends with the session.
CREATE TABLE company_entry (
	session_id UUID NOT NULL,
	company_id INT UNSIGNED NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	expires_at DATETIME(3) NOT NULL,
	PRIMARY KEY (session_id, company_id),
	KEY company_entry_company (company_id),
	CONSTRAINT company_entry_session FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT company_entry_company FOREIGN KEY (company_id) REFERENCES company (id)
);

-- Failed log-ins, per address and account: the limit of the API. Wrong codes of
-- the second factor count for the account, too, wherever they come from.
CREATE TABLE login_failure (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	account_hash BINARY(32) NOT NULL,
	is_code TINYINT(1) NOT NULL DEFAULT 0,
	remote_address VARCHAR(45) CHARACTER SET ascii NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	KEY login_failure_account (account_hash, remote_address, created_at),
	KEY login_failure_address (remote_address, created_at),
	KEY login_failure_age (created_at)
);
