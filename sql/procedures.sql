-- The doors: what must cross companies, with an exact key and one answer.
-- Rebuilt by every migrate, in schema frontdesk, with fd_owner as definer.
-- "Company 0" is outside every company; what is about the company that the
-- caller is in goes through the views, as the caller's own statements do.
-- The line "-- @web @worker" above a procedure says which accounts may call it
-- (@platform, @none: others only).

-- @web @worker @platform
CREATE PROCEDURE enter_company(p INT UNSIGNED) NO SQL
	SET @@session.pseudo_thread_id = p | 2147483648;

-- @web @worker @platform
CREATE PROCEDURE leave_company() NO SQL
	SET @@session.pseudo_thread_id = 2147483648;

-- Log-in: the account of an e-mail address.
-- @web @platform
CREATE PROCEDURE sys_login(p_email VARCHAR(254) CHARACTER SET utf8mb4) READS SQL DATA
	SELECT id, email, name, locale, password_hash, is_platform_admin, email_verified_at IS NOT NULL AS email_verified,
		totp_cell, totp_enabled_at IS NOT NULL AS two_factor
	FROM frontdesk_store.user WHERE email = p_email AND disabled_at IS NULL;

-- … or that of somebody who is logged in.
-- @web
CREATE PROCEDURE sys_account(p_user UUID) READS SQL DATA
	SELECT id, email, name, locale, password_hash, is_platform_admin, email_verified_at IS NOT NULL AS email_verified,
		totp_cell, totp_enabled_at IS NOT NULL AS two_factor
	FROM frontdesk_store.user WHERE id = p_user AND disabled_at IS NULL;

-- is_new 0: that address has an account.
-- @web @platform
CREATE PROCEDURE sys_user_add(p_id UUID, p_email VARCHAR(254) CHARACTER SET utf8mb4, p_name VARCHAR(120) CHARACTER SET utf8mb4,
	p_locale VARCHAR(16) CHARACTER SET ascii, p_hash VARBINARY(100), p_verified BOOL) MODIFIES SQL DATA
BEGIN
	DECLARE v_new BOOL DEFAULT TRUE;
	DECLARE CONTINUE HANDLER FOR 1062 SET v_new = FALSE;
	INSERT INTO frontdesk_store.user (id, email, name, locale, password_hash, email_verified_at)
		VALUES (p_id, p_email, p_name, p_locale, p_hash, IF(p_verified, NOW(3), NULL));
	SELECT v_new AS is_new;
END;

-- @web
CREATE PROCEDURE sys_user_update(p_user UUID, p_name VARCHAR(120) CHARACTER SET utf8mb4, p_locale VARCHAR(16) CHARACTER SET ascii) MODIFIES SQL DATA
	UPDATE frontdesk_store.user SET name = p_name, locale = p_locale WHERE id = p_user;

-- p_was: the hash that is replaced, unless somebody else has replaced it (NULL: whatever it is).
-- @web
CREATE PROCEDURE sys_password_set(p_user UUID, p_was VARBINARY(100), p_hash VARBINARY(100)) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.user SET password_hash = p_hash
		WHERE id = p_user AND (p_was IS NULL OR password_hash = p_was) AND disabled_at IS NULL;
	SELECT ROW_COUNT() AS changed;
END;

-- changed 0: somebody else has that address.
-- @web
CREATE PROCEDURE sys_email_set(p_user UUID, p_email VARCHAR(254) CHARACTER SET utf8mb4) MODIFIES SQL DATA
BEGIN
	DECLARE v_changed INT DEFAULT 1;
	DECLARE CONTINUE HANDLER FOR 1062 SET v_changed = 0;
	UPDATE frontdesk_store.user SET email = p_email, email_verified_at = NOW(3) WHERE id = p_user;
	SELECT v_changed AS changed;
END;

-- @web
CREATE PROCEDURE sys_email_verified(p_user UUID) MODIFIES SQL DATA
	UPDATE frontdesk_store.user SET email_verified_at = NOW(3) WHERE id = p_user AND email_verified_at IS NULL;

-- A letter about an account, and for how many minutes its link holds (NULL: it has none).
-- @web @platform
CREATE PROCEDURE sys_account_mail_add(p_id UUID, p_kind VARCHAR(20) CHARACTER SET ascii, p_recipient VARCHAR(254) CHARACTER SET utf8mb4,
	p_user UUID, p_minutes INT) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.account_mail (id, kind, recipient, user_id, expires_at)
	VALUES (p_id, p_kind, p_recipient, p_user, NOW(3) + INTERVAL p_minutes MINUTE);

-- The account that the link of a letter leads to, if it holds; p_use: and uses
-- it. Once, and then other links to the same end are void; only the proof of an
-- address is none that a second click would spoil.
-- @web
CREATE PROCEDURE sys_account_mail_link(p_id UUID, p_kind VARCHAR(20) CHARACTER SET ascii, p_use BOOL) MODIFIES SQL DATA
BEGIN
	DECLARE v_recipient VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
	DECLARE v_user UUID;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	SELECT m.recipient, u.id INTO v_recipient, v_user FROM frontdesk_store.account_mail m
		JOIN frontdesk_store.user u ON u.id = m.user_id OR (m.user_id IS NULL AND u.email = m.recipient)
		WHERE m.id = p_id AND m.kind = p_kind AND m.expires_at > NOW(3)
			AND (m.used_at IS NULL OR p_kind = 'verify') AND u.disabled_at IS NULL FOR UPDATE;
	IF p_use THEN
		UPDATE frontdesk_store.account_mail SET used_at = NOW(3)
			WHERE recipient = v_recipient AND kind = p_kind AND used_at IS NULL;
	END IF;
	SELECT id, email, name, locale, v_recipient AS recipient FROM frontdesk_store.user WHERE id = v_user;
END;

-- What the worker needs to write a letter: to whom, and who he is here; sent 1:
-- it has been, or as many as are allowed to one address within an hour.
-- @worker
CREATE PROCEDURE sys_account_mail(p_id UUID) READS SQL DATA
	SELECT m.kind, m.recipient, u.id AS user_id, u.name, u.locale, u.email_verified_at IS NOT NULL AS email_verified,
		m.expires_at IS NOT NULL AND (m.used_at IS NOT NULL OR m.expires_at <= NOW(3)) AS is_void,
		m.sent_at IS NOT NULL OR (SELECT COUNT(*) FROM frontdesk_store.account_mail o WHERE o.recipient = m.recipient
			AND o.kind = m.kind AND o.sent_at > NOW(3) - INTERVAL 1 HOUR) >= 3 AS is_sent, m.created_at,
		t.name AS brand, t.email_from AS brand_email
	FROM frontdesk_store.account_mail m LEFT JOIN frontdesk_store.user u
		ON (u.id = m.user_id OR (m.user_id IS NULL AND u.email = m.recipient)) AND u.disabled_at IS NULL
	LEFT JOIN frontdesk_store.tenant t ON t.id = (SELECT c.tenant_id FROM frontdesk_store.membership s
		JOIN frontdesk_store.company c ON c.id = s.company_id WHERE s.user_id = u.id ORDER BY s.created_at LIMIT 1)
	WHERE m.id = p_id;

-- @worker
CREATE PROCEDURE sys_account_mail_sent(p_id UUID) MODIFIES SQL DATA
	UPDATE frontdesk_store.account_mail SET sent_at = NOW(3) WHERE id = p_id AND sent_at IS NULL;

-- The second factor: its sealed secret while it is being set up.
-- @web
CREATE PROCEDURE sys_totp_set(p_user UUID, p_cell VARBINARY(200)) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.user SET totp_cell = p_cell, totp_step = 0 WHERE id = p_user AND totp_enabled_at IS NULL;
	SELECT ROW_COUNT() AS changed;
END;

-- A step's code is used: changed 0 when it, or a later one, was before.
-- @web
CREATE PROCEDURE sys_totp_step(p_user UUID, p_step BIGINT) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.user SET totp_step = p_step WHERE id = p_user AND totp_cell IS NOT NULL AND totp_step < p_step;
	SELECT ROW_COUNT() AS changed;
END;

-- @web
CREATE PROCEDURE sys_totp_enable(p_user UUID) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.user SET totp_enabled_at = NOW(3)
		WHERE id = p_user AND totp_enabled_at IS NULL AND totp_cell IS NOT NULL;
	SELECT ROW_COUNT() AS changed;
END;

-- @web @platform
CREATE PROCEDURE sys_totp_disable(p_user UUID) MODIFIES SQL DATA
BEGIN
	DELETE FROM frontdesk_store.recovery_code WHERE user_id = p_user;
	UPDATE frontdesk_store.user SET totp_cell = NULL, totp_enabled_at = NULL, totp_step = 0 WHERE id = p_user;
END;

-- These recovery codes instead of all others; 32 bytes a hash.
-- @web
CREATE PROCEDURE sys_recovery_codes_set(p_user UUID, p_hashes VARBINARY(1024)) MODIFIES SQL DATA
BEGIN
	DECLARE i INT DEFAULT 0;
	DELETE FROM frontdesk_store.recovery_code WHERE user_id = p_user;
	WHILE i * 32 < LENGTH(p_hashes) DO
		INSERT INTO frontdesk_store.recovery_code (user_id, code_hash) VALUES (p_user, SUBSTRING(p_hashes, i * 32 + 1, 32));
		SET i = i + 1;
	END WHILE;
END;

-- @web
CREATE PROCEDURE sys_recovery_code_use(p_user UUID, p_hash BINARY(32)) MODIFIES SQL DATA
BEGIN
	DELETE FROM frontdesk_store.recovery_code WHERE user_id = p_user AND code_hash = p_hash;
	SELECT ROW_COUNT() AS used;
END;

-- @web
CREATE PROCEDURE sys_memberships(p_user UUID) READS SQL DATA
	SELECT c.id AS company_number, c.uid AS id, c.name, c.slug, m.role
	FROM frontdesk_store.membership m JOIN frontdesk_store.company c ON c.id = m.company_id
	WHERE m.user_id = p_user AND c.status <> 'closed' ORDER BY c.name, c.slug LIMIT 200;

-- Who belongs to the company that the connection is in is read through its view
-- and changed here. changed 0: he does already.
-- @web
CREATE PROCEDURE sys_membership_add(p_user UUID, p_role VARCHAR(20) CHARACTER SET ascii) MODIFIES SQL DATA
BEGIN
	DECLARE v_changed INT DEFAULT 1;
	DECLARE CONTINUE HANDLER FOR 1062 SET v_changed = 0;
	INSERT INTO frontdesk_store.membership (user_id, company_id, role) VALUES (p_user, CONNECTION_ID() ^ 2147483648, p_role);
	SELECT v_changed AS changed;
END;

-- @web
CREATE PROCEDURE sys_membership_role(p_user UUID, p_role VARCHAR(20) CHARACTER SET ascii) MODIFIES SQL DATA
	UPDATE frontdesk_store.membership SET role = p_role WHERE user_id = p_user AND company_id = CONNECTION_ID() ^ 2147483648;

-- @web
CREATE PROCEDURE sys_membership_remove(p_user UUID) MODIFIES SQL DATA
	DELETE FROM frontdesk_store.membership WHERE user_id = p_user AND company_id = CONNECTION_ID() ^ 2147483648;

-- An invitation, for whoever has its link.
-- @web
CREATE PROCEDURE sys_invitation(p_company UUID, p_id UUID) READS SQL DATA
	SELECT i.id, c.id AS company_number, c.uid AS company_id, c.name AS company_name, c.slug, i.email, i.role,
		i.expires_at, w.name AS invited_by_name,
		EXISTS (SELECT 1 FROM frontdesk_store.user u WHERE u.email = i.email) AS account_exists
	FROM frontdesk_store.company c JOIN frontdesk_store.invitation i ON i.company_id = c.id
	LEFT JOIN frontdesk_store.user w ON w.id = i.invited_by
	WHERE c.uid = p_company AND c.status <> 'closed' AND i.id = p_id AND i.expires_at > NOW(3);

-- @web
CREATE PROCEDURE sys_login_failures(p_account BINARY(32), p_address VARCHAR(45) CHARACTER SET ascii) READS SQL DATA
	SELECT
		(SELECT COUNT(*) FROM frontdesk_store.login_failure WHERE account_hash = p_account
			AND remote_address = p_address AND created_at > NOW(3) - INTERVAL 15 MINUTE) AS account_failures,
		(SELECT COUNT(*) FROM frontdesk_store.login_failure WHERE account_hash = p_account
			AND is_code AND created_at > NOW(3) - INTERVAL 15 MINUTE) AS code_failures,
		(SELECT COUNT(*) FROM frontdesk_store.login_failure WHERE remote_address = p_address
			AND created_at > NOW(3) - INTERVAL 15 MINUTE) AS address_failures;

-- @web
CREATE PROCEDURE sys_login_failed(p_account BINARY(32), p_address VARCHAR(45) CHARACTER SET ascii, p_code BOOL) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.login_failure (account_hash, remote_address, is_code) VALUES (p_account, p_address, p_code);

-- @web
CREATE PROCEDURE sys_login_succeeded(p_account BINARY(32), p_address VARCHAR(45) CHARACTER SET ascii) MODIFIES SQL DATA
	DELETE FROM frontdesk_store.login_failure WHERE account_hash = p_account AND remote_address = p_address;

-- @web
CREATE PROCEDURE sys_session_add(p_id UUID, p_user UUID, p_client VARCHAR(3) CHARACTER SET ascii, p_family BINARY(32), p_refresh BINARY(32),
	p_address VARCHAR(45) CHARACTER SET ascii, p_agent VARCHAR(200) CHARACTER SET utf8mb4, p_expires DATETIME(3)) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.session (id, user_id, client, family_hash, refresh_hash, remote_address, user_agent, expires_at)
	VALUES (p_id, p_user, p_client, p_family, p_refresh, p_address, p_agent, p_expires);

-- Spends a refresh token, in the caller's transaction. outcome: 1 its successor
-- is in force; also for the one that was spent last, while its answer may still
-- be on the way to the device that asked (10 s). 2 it is of that session's family
-- and was spent before that: the session is revoked. No row: unknown, expired or
-- revoked.
-- @web
CREATE PROCEDURE sys_session_refresh(p_family BINARY(32), p_old BINARY(32), p_new BINARY(32), p_expires DATETIME(3),
	p_address VARCHAR(45) CHARACTER SET ascii, p_agent VARCHAR(200) CHARACTER SET utf8mb4) MODIFIES SQL DATA
BEGIN
	DECLARE v_id UUID;
	DECLARE v_fresh, v_again BOOL DEFAULT FALSE;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	SELECT id, refresh_hash = p_old, COALESCE(spent_hash = p_old AND refresh_hash = p_new, FALSE)
			AND refreshed_at > NOW(3) - INTERVAL 10 SECOND AND user_agent <=> p_agent COLLATE utf8mb4_bin
		INTO v_id, v_fresh, v_again FROM frontdesk_store.session
		WHERE family_hash = p_family AND revoked_at IS NULL AND expires_at > NOW(3) FOR UPDATE;
	IF v_fresh THEN
		UPDATE frontdesk_store.session SET refresh_hash = p_new, spent_hash = p_old, refreshed_at = NOW(3),
			expires_at = p_expires, remote_address = p_address, user_agent = p_agent WHERE id = v_id;
	ELSEIF NOT v_again THEN
		UPDATE frontdesk_store.session SET revoked_at = NOW(3) WHERE id = v_id;
	END IF;
	SELECT IF(v_fresh OR v_again, 1, 2) AS outcome, s.id AS session_id, s.client, u.id, u.email, u.name
		FROM frontdesk_store.session s JOIN frontdesk_store.user u ON u.id = s.user_id
		WHERE s.id = v_id AND u.disabled_at IS NULL;
END;

-- The sessions of a person that are in force, the one used last first.
-- @web
CREATE PROCEDURE sys_sessions(p_user UUID) READS SQL DATA
	SELECT id, client, user_agent, remote_address, created_at, refreshed_at, expires_at FROM frontdesk_store.session
	WHERE user_id = p_user AND revoked_at IS NULL AND expires_at > NOW(3) ORDER BY refreshed_at DESC, id DESC LIMIT 100;

-- @web
CREATE PROCEDURE sys_session_revoke(p_user UUID, p_id UUID) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.session SET revoked_at = NOW(3)
		WHERE id = p_id AND user_id = p_user AND revoked_at IS NULL AND expires_at > NOW(3);
	SELECT ROW_COUNT() AS revoked;
END;

-- All of a person but one (NULL: all).
-- @web @platform
CREATE PROCEDURE sys_sessions_revoke(p_user UUID, p_but UUID) MODIFIES SQL DATA
	UPDATE frontdesk_store.session SET revoked_at = NOW(3)
	WHERE user_id = p_user AND revoked_at IS NULL AND NOT id <=> p_but;

-- Who a token's session is, and in which company: the named one, where he has a
-- role of his own or has entered (then as administrator), or when none is named
-- the only one that is not closed; a closed one if there are no others.
-- @web
CREATE PROCEDURE sys_session(p_session UUID, p_company UUID) READS SQL DATA
BEGIN
	DECLARE v_company INT UNSIGNED;
	DECLARE v_role VARCHAR(20) CHARACTER SET ascii;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	IF p_company IS NULL THEN
		SELECT m.company_id, m.role INTO v_company, v_role
			FROM frontdesk_store.session s JOIN frontdesk_store.membership m ON m.user_id = s.user_id
			JOIN frontdesk_store.company c ON c.id = m.company_id
			WHERE s.id = p_session ORDER BY c.status = 'closed', c.id LIMIT 1;
	ELSE
		SELECT c.id, COALESCE(IF(e.company_id IS NULL, NULL, IF(u.is_platform_admin, 'platform_admin', 'tenant_admin')), m.role)
			INTO v_company, v_role
			FROM frontdesk_store.session s JOIN frontdesk_store.user u ON u.id = s.user_id
			JOIN frontdesk_store.company c ON c.uid = p_company
			LEFT JOIN frontdesk_store.membership m ON m.user_id = u.id AND m.company_id = c.id
			LEFT JOIN frontdesk_store.company_entry e ON e.session_id = s.id AND e.company_id = c.id AND e.expires_at > NOW(3)
				AND (u.is_platform_admin OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership t
					WHERE t.user_id = u.id AND t.tenant_id = c.tenant_id))
			WHERE s.id = p_session;
		SET v_company = IF(v_role IS NULL, NULL, v_company);
	END IF;
	SELECT u.id AS user_id, u.email, u.name, u.locale, u.is_platform_admin, u.email_verified_at IS NOT NULL AS email_verified,
		u.totp_enabled_at IS NOT NULL AS two_factor,
		COALESCE((SELECT n.require_totp FROM frontdesk_store.company_settings n WHERE n.company_id = v_company), FALSE) AS require_totp,
		(SELECT COUNT(*) FROM frontdesk_store.membership x JOIN frontdesk_store.company y
			ON y.id = x.company_id AND y.status <> 'closed' WHERE x.user_id = u.id) AS memberships,
		EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership t WHERE t.user_id = u.id) AS is_tenant_admin,
		c.id AS company_number, c.uid AS company_id, c.name AS company_name, c.slug, c.status AS company_status,
		v_role AS role
	FROM frontdesk_store.session s
	JOIN frontdesk_store.user u ON u.id = s.user_id AND u.disabled_at IS NULL
	LEFT JOIN frontdesk_store.company c ON c.id = v_company
	WHERE s.id = p_session AND s.revoked_at IS NULL AND s.expires_at > NOW(3);
END;

-- The companies that a session has entered.
-- @web
CREATE PROCEDURE sys_entries(p_session UUID) READS SQL DATA
	SELECT c.uid AS id, c.name, c.slug, IF(u.is_platform_admin, 'platform_admin', 'tenant_admin') AS role, e.expires_at
	FROM frontdesk_store.company_entry e JOIN frontdesk_store.session s ON s.id = e.session_id
	JOIN frontdesk_store.user u ON u.id = s.user_id
	JOIN frontdesk_store.company c ON c.id = e.company_id AND c.status <> 'closed'
	WHERE e.session_id = p_session AND e.expires_at > NOW(3) AND (u.is_platform_admin OR EXISTS (
		SELECT 1 FROM frontdesk_store.tenant_membership t WHERE t.user_id = u.id AND t.tenant_id = c.tenant_id))
	ORDER BY e.expires_at DESC, c.id LIMIT 200;

-- What an API key may do, and from where: the present key or, for a while, the
-- one before the last rotation.
-- @web
CREATE PROCEDURE sys_api_key(p_hash BINARY(32)) READS SQL DATA
	SELECT k.id AS key_id, k.role, k.permission_list, k.address_list, k.last_used_at,
		c.id AS company_number, c.uid AS company_id, c.name AS company_name, c.slug, c.status AS company_status
	FROM (SELECT company_id, id FROM frontdesk_store.api_key WHERE key_hash = p_hash
		UNION ALL SELECT company_id, id FROM frontdesk_store.api_key
			WHERE previous_hash = p_hash AND previous_until > NOW(3)) f
	JOIN frontdesk_store.api_key k ON k.company_id = f.company_id AND k.id = f.id
	JOIN frontdesk_store.company c ON c.id = k.company_id
	WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > NOW(3));

-- One write an hour, however many workers see the key at once.
-- @web
CREATE PROCEDURE sys_api_key_used(p_company INT UNSIGNED, p_id UUID) MODIFIES SQL DATA
	UPDATE frontdesk_store.api_key SET last_used_at = NOW(3)
	WHERE company_id = p_company AND id = p_id
		AND (last_used_at IS NULL OR last_used_at <= NOW(3) - INTERVAL 1 HOUR);

-- Keys in force that have been in use for p_days, or twice that, or …, and of
-- which nobody was told since.
-- @worker
CREATE PROCEDURE sys_api_keys_aged(p_days INT, p_n INT) READS SQL DATA
	SELECT k.company_id AS company_number, c.uid AS company_id, k.id
	FROM frontdesk_store.api_key k
	JOIN frontdesk_store.company c ON c.id = k.company_id AND c.status IN ('trial', 'active')
	WHERE k.issued_at <= NOW(3) - INTERVAL p_days DAY AND k.revoked_at IS NULL
		AND (k.expires_at IS NULL OR k.expires_at > NOW(3))
		AND (k.reminded_at IS NULL OR TIMESTAMPDIFF(DAY, k.issued_at, NOW(3)) DIV p_days
			> TIMESTAMPDIFF(DAY, k.issued_at, k.reminded_at) DIV p_days)
	ORDER BY k.issued_at LIMIT p_n;

-- An open company, by its slug or by its id, for people without a log-in.
-- @web
CREATE PROCEDURE sys_storefront(p_slug VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin, p_company UUID) READS SQL DATA
	IF p_slug IS NOT NULL THEN
		SELECT c.id AS company_number, c.uid AS company_id, s.public_booking FROM frontdesk_store.company c
			JOIN frontdesk_store.company_settings s ON s.company_id = c.id
			WHERE c.slug = p_slug AND c.status IN ('trial', 'active');
	ELSE
		SELECT c.id AS company_number, c.uid AS company_id, s.public_booking FROM frontdesk_store.company c
			JOIN frontdesk_store.company_settings s ON s.company_id = c.id
			WHERE c.uid = p_company AND c.status IN ('trial', 'active');
	END IF;

-- A company and its settings, of this tenant (NULL: the platform's own). No row:
-- the slug is taken, or there is no such tenant or plan.
-- @web @platform
CREATE PROCEDURE sys_company_add(p_uid UUID, p_tenant UUID, p_plan VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin,
	p_slug VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin, p_name VARCHAR(120) CHARACTER SET utf8mb4,
	p_country CHAR(2) CHARACTER SET ascii, p_zone VARCHAR(64) CHARACTER SET ascii,
	p_currency CHAR(3) CHARACTER SET ascii, p_locale VARCHAR(16) CHARACTER SET ascii) MODIFIES SQL DATA
BEGIN
	BEGIN
		DECLARE CONTINUE HANDLER FOR 1062 BEGIN END;
		INSERT INTO frontdesk_store.company
				(uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale)
			SELECT p_uid, t.id, p.id, p_slug, p_name, p_country, p_zone, p_currency, p_locale
			FROM frontdesk_store.tenant t JOIN frontdesk_store.plan p ON p.code = p_plan
			WHERE t.id = p_tenant OR (p_tenant IS NULL AND t.slug = 'frontdesk');
	END;
	INSERT INTO frontdesk_store.company_settings (company_id, id)
		SELECT id, uid FROM frontdesk_store.company WHERE uid = p_uid;
	SELECT id AS company_number, uid AS company_id, slug FROM frontdesk_store.company WHERE uid = p_uid;
END;

-- The origins whose pages may call the API, of all companies.
-- @web
CREATE PROCEDURE sys_origins() READS SQL DATA
	SELECT DISTINCT s.cors_origins FROM frontdesk_store.company_settings s
	JOIN frontdesk_store.company c ON c.id = s.company_id AND c.status <> 'closed'
	WHERE s.cors_origins IS NOT NULL LIMIT 10000;

-- One company after the other, for the administrator's work.
-- @worker
CREATE PROCEDURE sys_companies(p_after INT UNSIGNED, p_n INT) READS SQL DATA
	SELECT id AS company_number, uid AS company_id, slug FROM frontdesk_store.company
	WHERE id > p_after AND status <> 'closed' ORDER BY id LIMIT p_n;

-- The company and secrets behind an incoming address.
-- @web
CREATE PROCEDURE sys_hook(p_provider VARCHAR(20) CHARACTER SET ascii, p_hook VARCHAR(64) CHARACTER SET ascii) READS SQL DATA
	SELECT i.id, i.company_id AS company_number, c.uid AS company_id, i.provider, i.secret_cell, i.signing_cell, i.previous_cell, i.previous_until
	FROM frontdesk_store.integration i JOIN frontdesk_store.company c ON c.id = i.company_id
	WHERE i.provider = p_provider AND i.hook = p_hook AND i.is_active;

-- Whose secrets to try on a body without a hook: only candidates, the
-- signature decides.
-- @web
CREATE PROCEDURE sys_hook_candidates(p_provider VARCHAR(20) CHARACTER SET ascii, p_number VARCHAR(20) CHARACTER SET ascii,
	p_agent VARCHAR(128) CHARACTER SET ascii) READS SQL DATA
	SELECT i.id, i.company_id AS company_number, c.uid AS company_id, i.provider, i.secret_cell, i.signing_cell, i.previous_cell, i.previous_until
	FROM frontdesk_store.integration i JOIN frontdesk_store.company c ON c.id = i.company_id
	WHERE i.provider = p_provider AND i.is_active AND (i.agent = p_agent
		OR i.company_id IN (SELECT n.company_id FROM frontdesk_store.phone_number n
			WHERE n.e164 = p_number AND n.deleted_at IS NULL))
	ORDER BY i.company_id, i.id LIMIT 8;

-- Which company an active number belongs to, if exactly one has it.
-- @web @worker
CREATE PROCEDURE sys_number(p_e164 VARCHAR(20) CHARACTER SET ascii) READS SQL DATA
	SELECT MIN(c.id) AS company_number, MIN(c.uid) AS company_id FROM frontdesk_store.phone_number n
	JOIN frontdesk_store.company c ON c.id = n.company_id AND c.status <> 'closed'
	WHERE n.e164 = p_e164 AND n.is_active AND n.deleted_at IS NULL HAVING COUNT(*) = 1;

-- How many companies have a number, active or not. Whoever adds it at the same
-- moment is waited for: who asks has stored it before, so that of two one sees
-- the other's, or both wait and one begins again.
-- @web
CREATE PROCEDURE sys_number_owners(p_e164 VARCHAR(40) CHARACTER SET ascii) READS SQL DATA
	SELECT COUNT(*) AS owners FROM frontdesk_store.phone_number n
	WHERE n.e164 = p_e164 AND n.deleted_at IS NULL
		AND n.company_id NOT IN (SELECT c.id FROM frontdesk_store.company c WHERE c.status = 'closed')
	LOCK IN SHARE MODE;

-- Stores a verified event and its job, durably, in one round trip.
-- is_new 0: it was stored (and committed) before.
-- @web @worker
CREATE PROCEDURE sys_inbox_add(p_id UUID, p_job UUID, p_company INT UNSIGNED, p_provider VARCHAR(20) CHARACTER SET ascii,
	p_dedupe VARBINARY(200), p_event VARCHAR(60) CHARACTER SET ascii, p_external VARBINARY(128), p_body MEDIUMBLOB,
	p_kind VARCHAR(40) CHARACTER SET ascii, p_priority INT, p_max_attempts INT, p_trace CHAR(55) CHARACTER SET ascii) MODIFIES SQL DATA
BEGIN
	DECLARE v_new BOOL DEFAULT TRUE;
	DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
	START TRANSACTION;
	BEGIN
		DECLARE CONTINUE HANDLER FOR 1062 SET v_new = FALSE;
		INSERT INTO frontdesk_store.inbox_event (id, company_id, provider, dedupe_key, event, external_id, body)
			VALUES (p_id, p_company, p_provider, p_dedupe, p_event, p_external, p_body);
	END;
	IF v_new THEN
		INSERT INTO frontdesk_store.job (id, company_id, kind, ref_id, priority, max_attempts, trace)
			VALUES (p_job, p_company, p_kind, p_id, p_priority, p_max_attempts, p_trace);
	END IF;
	COMMIT;
	SELECT v_new AS is_new;
END;

-- Claims up to p_n jobs for an owner; commits before it answers. The most urgent
-- first; of one urgency a few of each company in turn, beginning behind p_after
-- (turn is the last one that had its turn: the next p_after). A company that p_busy
-- other owners are at work for is left out, so that a provider that hangs does not
-- hold every worker. Jobs of a company that is suspended or closed are put off
-- and not counted as tried. Leases that ran out go back first: nobody knows
-- which of these jobs was to blame. They are changed one by one, by their key: a
-- range over leases would lock the rows of other workers too, and deadlock with
-- their ends (seen).
-- @worker
CREATE PROCEDURE sys_job_claim(p_owner VARBINARY(64), p_n INT, p_lease_seconds INT, p_after INT, p_busy INT) MODIFIES SQL DATA
BEGIN
	DECLARE v_id UUID;
	DECLARE v_end, v_turned BOOL DEFAULT FALSE;
	DECLARE v_claimed, v_before, v_from, v_next, v_priority, v_last, v_some, v_share, v_shut, v_others INT;
	DECLARE late CURSOR FOR SELECT id FROM frontdesk_store.job
		WHERE state = 'queued' AND is_due = 0 AND run_at <= NOW(3) ORDER BY run_at LIMIT 200 FOR UPDATE SKIP LOCKED;
	DECLARE due CURSOR FOR SELECT id FROM frontdesk_store.job
		WHERE state = 'queued' AND is_due = 1 AND priority = v_priority AND company_id = v_next
		ORDER BY run_at, id LIMIT v_some FOR UPDATE SKIP LOCKED;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = TRUE;
	DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
	FOR lapsed IN (SELECT id FROM frontdesk_store.job WHERE state = 'running' AND lease_until < NOW(3)) DO
		UPDATE frontdesk_store.job
			SET state = IF(attempts >= max_attempts, 'dead', 'queued'), is_due = 1, owner = NULL, lease_until = NULL,
				last_error = 'Its lease ran out: the worker hung, or its machine stopped.',
				finished_at = IF(attempts >= max_attempts, NOW(3), NULL)
			WHERE id = lapsed.id AND state = 'running' AND lease_until < NOW(3);
		IF ROW_COUNT() > 0 THEN
			CALL live_dead(lapsed.id);
		END IF;
	END FOR;
	START TRANSACTION;
	OPEN late;
	come: LOOP
		SET v_end = FALSE;
		FETCH late INTO v_id;
		IF v_end THEN
			LEAVE come;
		END IF;
		UPDATE frontdesk_store.job SET is_due = 1 WHERE id = v_id;
	END LOOP;
	CLOSE late;
	SET v_claimed = 0, v_last = p_after, v_share = 5;
	SELECT MIN(priority) INTO v_priority FROM frontdesk_store.job WHERE state = 'queued' AND is_due = 1;
	WHILE v_claimed < p_n AND v_priority IS NOT NULL DO
		SET v_before = v_claimed, v_from = p_after + 1, v_turned = FALSE;
		turn: WHILE v_claimed < p_n DO
			SET v_next = NULL;
			SELECT MIN(company_id) INTO v_next FROM frontdesk_store.job
				WHERE state = 'queued' AND is_due = 1 AND priority = v_priority AND company_id >= v_from;
			IF v_turned AND (v_next IS NULL OR v_next > p_after) THEN
				LEAVE turn;
			ELSEIF v_next IS NULL THEN
				SET v_turned = TRUE, v_from = 0;
				ITERATE turn;
			END IF;
			SET v_from = v_next + 1;
			-- (SELECT … INTO: a subquery of an IF would lock what it reads)
			SELECT COUNT(*) INTO v_shut FROM frontdesk_store.company
				WHERE id = v_next AND status IN ('suspended', 'closed');
			SELECT COUNT(DISTINCT owner) INTO v_others FROM frontdesk_store.job FORCE INDEX (job_list)
				WHERE company_id = v_next AND state = 'running' AND owner <> p_owner AND priority <= v_priority;
			IF v_shut > 0 THEN
				UPDATE frontdesk_store.job SET is_due = 0, run_at = NOW(3) + INTERVAL 10 MINUTE
					WHERE state = 'queued' AND is_due = 1 AND priority = v_priority AND company_id = v_next LIMIT 1000;
				ITERATE turn;
			END IF;
			IF v_others >= p_busy THEN
				ITERATE turn;
			END IF;
			SET v_some = LEAST(p_n - v_claimed, v_share);
			OPEN due;
			few: LOOP
				SET v_end = FALSE;
				FETCH due INTO v_id;
				IF v_end THEN
					LEAVE few;
				END IF;
				UPDATE frontdesk_store.job SET state = 'running', owner = p_owner, attempts = attempts + 1,
					lease_until = NOW(3) + INTERVAL p_lease_seconds SECOND WHERE id = v_id;
				SET v_claimed = v_claimed + 1, v_last = v_next;
			END LOOP;
			CLOSE due;
		END WHILE;
		SET v_share = p_n;
		IF v_claimed = v_before THEN
			SET v_share = 5;
			SELECT MIN(priority) INTO v_priority FROM frontdesk_store.job
				WHERE state = 'queued' AND is_due = 1 AND priority > v_priority;
		END IF;
	END WHILE;
	COMMIT;
	SELECT j.id, j.kind, j.ref_id, j.attempts, j.max_attempts, j.company_id AS company_number, c.uid AS company_id, j.trace, v_last AS turn
		FROM frontdesk_store.job j LEFT JOIN frontdesk_store.company c ON c.id = j.company_id
		WHERE j.state = 'running' AND j.owner = p_owner ORDER BY j.priority, j.run_at, j.id;
END;

-- A longer lease for an attempt. kept 0: another attempt has begun since.
-- @worker
CREATE PROCEDURE sys_job_lease(p_id UUID, p_attempt INT, p_lease_seconds INT) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.job SET lease_until = NOW(3) + INTERVAL p_lease_seconds SECOND
		WHERE id = p_id AND attempts = p_attempt AND state = 'running';
	SELECT ROW_COUNT() AS kept;
END;

-- A worker died: the job it was at (NULL: none) is dead the second time, what
-- else it held goes back without blame.
-- @worker
CREATE PROCEDURE sys_job_crashed(p_owner VARBINARY(64), p_job UUID, p_why VARCHAR(1000) CHARACTER SET utf8mb4) MODIFIES SQL DATA
BEGIN
	INSERT INTO frontdesk_store.job_failure (company_id, job_id, attempt, error)
		SELECT company_id, id, attempts, p_why FROM frontdesk_store.job
		WHERE id = p_job AND state = 'running' AND owner = p_owner;
	UPDATE frontdesk_store.job
		SET crashes = crashes + 1, last_error = p_why, owner = NULL, lease_until = NULL,
			state = IF(crashes >= 2, 'dead', 'queued'),
			finished_at = IF(crashes >= 2, NOW(3), NULL)
		WHERE id = p_job AND state = 'running' AND owner = p_owner;
	IF ROW_COUNT() > 0 THEN
		CALL live_dead(p_job);
	END IF;
	CALL sys_job_release(p_owner, NULL);
END;

-- What an owner has claimed goes back, untried, for others; but the one it is at.
-- @worker
CREATE PROCEDURE sys_job_release(p_owner VARBINARY(64), p_job UUID) MODIFIES SQL DATA
	FOR held IN (SELECT id FROM frontdesk_store.job WHERE state = 'running' AND owner = p_owner AND NOT (id <=> p_job)) DO
		UPDATE frontdesk_store.job SET state = 'queued', owner = NULL, lease_until = NULL, max_attempts = max_attempts + 1
			WHERE id = held.id AND state = 'running' AND owner = p_owner;
	END FOR;

-- Ends an attempt: done, dead, or queued again after a delay. ended 0:
-- another attempt has begun since, and nothing happened.
-- @worker
CREATE PROCEDURE sys_job_finish(p_id UUID, p_attempt INT, p_state VARCHAR(10) CHARACTER SET ascii,
	p_error VARCHAR(1000) CHARACTER SET utf8mb4, p_delay_ms INT) MODIFIES SQL DATA
BEGIN
	DECLARE v_ended INT;
	UPDATE frontdesk_store.job
		SET state = p_state, last_error = p_error, owner = NULL, lease_until = NULL, put_off_since = NULL,
			is_due = p_delay_ms = 0,
			run_at = IF(p_state = 'queued', NOW(3) + INTERVAL p_delay_ms * 1000 MICROSECOND, run_at),
			finished_at = IF(p_state = 'queued', NULL, NOW(3))
		WHERE id = p_id AND attempts = p_attempt AND state = 'running';
	SET v_ended = ROW_COUNT();
	IF v_ended > 0 AND p_error IS NOT NULL THEN
		INSERT INTO frontdesk_store.job_failure (company_id, job_id, attempt, error)
			SELECT company_id, id, p_attempt, p_error FROM frontdesk_store.job WHERE id = p_id;
	END IF;
	SELECT v_ended AS ended;
END;

-- Ends an attempt that was not made, because a provider is not asked now: queued
-- again and not counted, after the delay or, the longer it has waited, up to a
-- minute (who waits in a long line need not look often); dead when that has gone
-- on for too long. p_breaker: what says that it is not asked. Where that is over
-- meanwhile the job, which was running, has not been called: it comes at once.
-- ended 0: another attempt has begun since, 1: it waits, 2: it is dead.
-- @worker
CREATE PROCEDURE sys_job_put_off(p_id UUID, p_attempt INT, p_error VARCHAR(1000) CHARACTER SET utf8mb4,
	p_delay_ms INT, p_patience_s INT, p_breaker UUID) MODIFIES SQL DATA
BEGIN
	DECLARE v_ended, v_asked INT DEFAULT 0;
	DECLARE v_waited_s INT DEFAULT 0;
	DECLARE v_over BOOL;
	SELECT COALESCE(TIMESTAMPDIFF(SECOND, put_off_since, NOW(3)), 0) INTO v_waited_s
		FROM frontdesk_store.job WHERE id = p_id;
	SET v_over = v_waited_s > p_patience_s;
	SET p_delay_ms = GREATEST(p_delay_ms, LEAST(v_waited_s, 60) * FLOOR(500 + RAND() * 500));
	UPDATE frontdesk_store.job
		SET state = IF(v_over, 'dead', 'queued'), last_error = p_error, owner = NULL, lease_until = NULL,
			max_attempts = LEAST(max_attempts + 1, 65535), put_off_since = COALESCE(put_off_since, NOW(3)),
			is_due = 0, run_at = NOW(3) + INTERVAL p_delay_ms * 1000 MICROSECOND,
			finished_at = IF(v_over, NOW(3), NULL)
		WHERE id = p_id AND attempts = p_attempt AND state = 'running';
	SET v_ended = ROW_COUNT();
	IF v_ended > 0 AND v_over THEN
		INSERT INTO frontdesk_store.job_failure (company_id, job_id, attempt, error)
			SELECT company_id, id, p_attempt, p_error FROM frontdesk_store.job WHERE id = p_id;
		SET v_ended = 2;
		CALL live_dead(p_id);
	END IF;
	-- (waits for whoever is closing it)
	SELECT COUNT(*) INTO v_asked FROM frontdesk_store.breaker
		WHERE id = p_breaker AND (state = 'closed' OR retry_at <= NOW(3)) LOCK IN SHARE MODE;
	IF v_asked > 0 THEN
		UPDATE frontdesk_store.job SET is_due = 1, run_at = NOW(3)
			WHERE id = p_id AND attempts = p_attempt AND state = 'queued';
	END IF;
	SELECT v_ended AS ended;
END;

-- Ends many attempts as done: [["id", attempt], …], those that are still ours.
-- @worker
CREATE PROCEDURE sys_job_done(p_attempts TEXT CHARACTER SET utf8mb4) MODIFIES SQL DATA
	UPDATE JSON_TABLE(p_attempts, '$[*]' COLUMNS (id CHAR(36) PATH '$[0]', attempt INT PATH '$[1]')) d
		STRAIGHT_JOIN frontdesk_store.job j ON j.id = CAST(d.id AS UUID)
		SET j.state = 'done', j.last_error = NULL, j.owner = NULL, j.lease_until = NULL, j.finished_at = NOW(3)
		WHERE j.attempts = d.attempt AND j.state = 'running';

-- A provider answers again: what was put off comes now. Of the company that the
-- connection is in; p_all: of all.
-- @web @worker
CREATE PROCEDURE sys_jobs_put_off_end(p_all BOOL) MODIFIES SQL DATA
	UPDATE frontdesk_store.job SET is_due = 1, run_at = NOW(3)
		WHERE state = 'queued' AND is_due = 0 AND put_off_since IS NOT NULL
			AND (p_all OR company_id = CONNECTION_ID() ^ 2147483648) LIMIT 1000;

-- Milliseconds until the next job is due (0: now), no row when none waits.
-- @worker
CREATE PROCEDURE sys_job_next() READS SQL DATA
	SELECT IF(EXISTS (SELECT 1 FROM frontdesk_store.job WHERE state = 'queued' AND is_due = 1), 0,
		GREATEST(0, TIMESTAMPDIFF(MICROSECOND, NOW(3), MIN(run_at)) DIV 1000)) AS due_ms
	FROM frontdesk_store.job WHERE state = 'queued' HAVING MIN(run_at) IS NOT NULL;

-- What waits, and when the worker was seen last: audit.seal comes every ten
-- seconds. Counts end at 100,000. What became due while no worker looked is still
-- marked as waiting.
-- @web
CREATE PROCEDURE sys_health() READS SQL DATA
	SELECT NOW(3) AS now, @@datadir AS data_dir,
		(SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job WHERE state = 'queued' AND is_due = 1 LIMIT 100000) q)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job
				WHERE state = 'queued' AND is_due = 0 AND run_at <= NOW(3) LIMIT 100000) q) AS due,
		(SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job
			WHERE state = 'queued' AND is_due = 0 AND run_at > NOW(3) LIMIT 100000) q) AS waiting,
		(SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job WHERE state = 'running' LIMIT 100000) q) AS running,
		(SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job WHERE state = 'dead' LIMIT 100000) q) AS dead,
		(SELECT COUNT(*) FROM (SELECT 1 FROM frontdesk_store.job
			WHERE state = 'dead' AND finished_at > NOW(3) - INTERVAL 1 DAY LIMIT 100000) q) AS dead_today,
		GREATEST(0, COALESCE(TIMESTAMPDIFF(MICROSECOND, LEAST(
			COALESCE((SELECT MIN(run_at) FROM frontdesk_store.job WHERE state = 'queued' AND is_due = 1), NOW(3)),
			COALESCE((SELECT MIN(run_at) FROM frontdesk_store.job WHERE state = 'queued' AND is_due = 0), NOW(3))
			), NOW(3)) DIV 1000, 0)) AS oldest_ms,
		COALESCE(TIMESTAMPDIFF(SECOND, s.seen_at, NOW(3)), 0) AS seen_s, s.seen_at IS NOT NULL AS was_seen
	FROM (SELECT MAX(finished_at) AS seen_at FROM frontdesk_store.job
		WHERE company_id = 0 AND kind = 'audit.seal' AND state = 'done') s;

-- How providers have answered all companies lately, and how many accounts at
-- them are not asked.
-- @web
CREATE PROCEDURE sys_health_providers() READS SQL DATA
	SELECT provider, SUM(calls) AS calls, SUM(failed) AS failed, SUM(open) AS open FROM (
		SELECT provider, COUNT(*) AS calls, SUM(verdict IN ('failed', 'throttled', 'denied')) AS failed, 0 AS open
			FROM frontdesk_store.provider_call WHERE created_at > NOW(3) - INTERVAL 10 MINUTE GROUP BY provider
		UNION ALL SELECT provider, 0, 0, COUNT(*) FROM frontdesk_store.breaker
			WHERE state IN ('open', 'half_open') GROUP BY provider) p
	GROUP BY provider ORDER BY provider;

-- A recurring job, once per period: the unique key names the period.
-- @worker
CREATE PROCEDURE sys_job_recur(p_id UUID, p_kind VARCHAR(40) CHARACTER SET ascii, p_period VARBINARY(120),
	p_priority INT, p_max_attempts INT) MODIFIES SQL DATA
BEGIN
	DECLARE CONTINUE HANDLER FOR 1062 BEGIN END;
	INSERT INTO frontdesk_store.job (id, company_id, kind, unique_key, priority, max_attempts)
		VALUES (p_id, 0, p_kind, p_period, p_priority, p_max_attempts);
END;

-- What is kept only for a while; at most p_rows of each kind, so that nobody
-- waits for it. more: there may be others.
-- @worker
CREATE PROCEDURE sys_sweep(p_rows INT) MODIFIES SQL DATA
BEGIN
	DECLARE v_more, v_holds INT DEFAULT 0;
	DELETE FROM frontdesk_store.login_failure WHERE created_at < NOW(3) - INTERVAL 1 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.account_mail WHERE created_at < NOW(3) - INTERVAL 7 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.visitor_booking WHERE created_at < NOW(3) - INTERVAL 1 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.session WHERE expires_at < NOW(3) - INTERVAL 30 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.idempotency WHERE created_at < NOW(3) - INTERVAL 1 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.job WHERE state = 'done' AND finished_at < NOW(3) - INTERVAL 7 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	-- every ten seconds one: their periods do not come again
	DELETE FROM frontdesk_store.job WHERE company_id = 0 AND kind = 'audit.seal' AND state = 'done'
		AND finished_at < NOW(3) - INTERVAL 1 HOUR LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.job_failure WHERE failed_at < NOW(3) - INTERVAL 90 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE i FROM frontdesk_store.inbox_event i JOIN (SELECT x.id FROM frontdesk_store.inbox_event x
			JOIN frontdesk_store.company c ON c.id = x.company_id AND c.status = 'closed'
			WHERE x.received_at < NOW(3) - INTERVAL 30 DAY LIMIT p_rows) o ON o.id = i.id;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.inbox_replay WHERE created_at < NOW(3) - INTERVAL 7 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.provider_call WHERE created_at < NOW(3) - INTERVAL 90 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.live_change WHERE created_at < NOW(3) - INTERVAL 1 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.live_ticket WHERE expires_at < NOW(3) LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE FROM frontdesk_store.delivery WHERE created_at < NOW(3) - INTERVAL 30 DAY LIMIT p_rows;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	DELETE e FROM frontdesk_store.webhook_endpoint e JOIN (SELECT x.company_id, x.id FROM frontdesk_store.webhook_endpoint x
			WHERE x.deleted_at < NOW(3) - INTERVAL 31 DAY AND NOT EXISTS (SELECT 1 FROM frontdesk_store.delivery d
				WHERE d.company_id = x.company_id AND d.endpoint_id = x.id) LIMIT p_rows) o
		ON o.company_id = e.company_id AND o.id = e.id;
	SET v_more = v_more + (ROW_COUNT() = p_rows);
	-- nobody counts the rows of a hold that has expired: who comes to its
	-- time deletes them, and these are what nobody came to
	FOR h IN (SELECT company_id, id FROM frontdesk_store.hold
			WHERE expires_at < NOW(3) - INTERVAL 1 HOUR LIMIT p_rows) DO
		DELETE FROM frontdesk_store.occupancy WHERE company_id = h.company_id AND hold_id = h.id;
		DELETE FROM frontdesk_store.hold WHERE company_id = h.company_id AND id = h.id;
		SET v_holds = v_holds + 1;
	END FOR;
	SELECT v_more > 0 OR v_holds = p_rows AS more;
END;

-- Entries of the audit log that are in no seal, the oldest first. Those are not
-- looked for that are older than the newest sealed one by more than the window,
-- which is longer than any transaction lasts: what is written with an older
-- time was not written by a program.
-- @worker
CREATE PROCEDURE sys_audit_unsealed(p_window_s INT, p_rows INT) READS SQL DATA
BEGIN
	DECLARE v_since DATETIME(3);
	SELECT MAX(entry_at) INTO v_since FROM frontdesk_store.audit_seal;
	SET v_since = COALESCE(LEAST(v_since, NOW(3)) - INTERVAL p_window_s SECOND, '1970-01-02');
	SELECT e.id, e.created_at, e.actor_kind, e.actor_id, e.remote_address, e.request_id, e.action,
		e.subject, e.subject_id, e.fields, e.note, e.company_id AS company_number, c.uid AS company_id
	FROM frontdesk_store.audit_entry e
	LEFT JOIN frontdesk_store.company c ON c.id = e.company_id
	LEFT JOIN frontdesk_store.audit_seal s ON s.company_id = e.company_id AND s.audit_entry_id = e.id
	WHERE e.created_at >= v_since AND s.seq IS NULL
	ORDER BY e.created_at, e.company_id, e.id LIMIT p_rows;
END;

-- The last link of a company's chain; no row when there is none yet.
-- @worker
CREATE PROCEDURE sys_audit_head(p_company INT UNSIGNED) READS SQL DATA
	SELECT seq, audit_entry_id, entry_at, sealed_at, entry_hash, hash FROM frontdesk_store.audit_seal
	WHERE company_id = p_company ORDER BY seq DESC LIMIT 1;

-- Adds a link. There is no procedure that changes or removes one.
-- @worker
CREATE PROCEDURE sys_audit_seal(p_company INT UNSIGNED, p_seq BIGINT UNSIGNED, p_entry UUID, p_entry_at DATETIME(3),
	p_sealed_at DATETIME(3), p_entry_hash BINARY(32), p_hash BINARY(32)) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.audit_seal (company_id, seq, audit_entry_id, entry_at, sealed_at, entry_hash, hash)
	VALUES (p_company, p_seq, p_entry, p_entry_at, p_sealed_at, p_entry_hash, p_hash);

-- What people are called who did something in this company: p_people is a JSON
-- array of their ids.
-- @web
CREATE PROCEDURE sys_audit_people(p_people TEXT CHARACTER SET utf8mb4) READS SQL DATA
	SELECT u.id, u.name FROM JSON_TABLE(p_people, '$[*]' COLUMNS (id CHAR(36) PATH '$')) t
	JOIN frontdesk_store.user u ON u.id = t.id
	WHERE EXISTS (SELECT 1 FROM frontdesk.audit_entry e WHERE e.actor_id = u.id);

-- ---- erasing a customer (core/privacy/erase.h): what programs may not change
-- otherwise, and only of one who is marked as erased. Rows are changed one by
-- one: an UPDATE of joined views asks for rights that nobody has. ----

-- Bodies of webhooks about the customer's calls, of calls from the number that
-- nobody took, of messages to and from number and address, and of those that could
-- not be read and name them.
-- @web @worker
CREATE PROCEDURE sys_forget_inbox(p_customer UUID) MODIFIES SQL DATA
	FOR k IN (
		SELECT i.id FROM frontdesk.customer c JOIN frontdesk.`call` a ON a.customer_id = c.id
			JOIN frontdesk.inbox_event i ON i.provider = a.provider AND i.external_id = a.provider_call_id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
		UNION SELECT i.id FROM frontdesk.customer c JOIN frontdesk.unassigned_call u ON u.from_number = c.phone
			JOIN frontdesk.inbox_event i ON i.provider = u.provider AND i.external_id = u.provider_call_id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
		UNION SELECT i.id FROM frontdesk.customer c JOIN frontdesk.job j ON j.state = 'dead'
			JOIN frontdesk.inbox_event i ON i.id = j.ref_id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
				AND (LOCATE(c.phone, i.body) > 0 OR LOCATE(c.email, i.body) > 0)
		UNION SELECT i.id FROM frontdesk.customer c JOIN frontdesk.inbox_event i ON i.provider IN ('twilio', 'sendgrid')
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL AND (LOCATE(SUBSTR(c.phone, 2), i.body) > 0
				OR LOCATE(c.email, i.body) > 0 OR LOCATE(REPLACE(c.email, '@', '%40'), i.body) > 0)
	) DO
		UPDATE frontdesk.inbox_event SET body = '' WHERE id = k.id;
	END FOR;

-- What events say about people: the PERSONAL members of what is told. The rest
-- stays, for those who have not heard of it yet.
-- @web @worker
CREATE PROCEDURE sys_forget_events(p_customer UUID) MODIFIES SQL DATA
	FOR k IN (
		SELECT e.id FROM frontdesk.customer c JOIN (
				SELECT p_customer AS id
				UNION ALL SELECT id FROM frontdesk.appointment WHERE customer_id = p_customer
				UNION ALL SELECT id FROM frontdesk.`call` WHERE customer_id = p_customer
				UNION ALL SELECT id FROM frontdesk.waiting_list_entry WHERE customer_id = p_customer
				UNION ALL SELECT u.id FROM frontdesk.unassigned_call u
					JOIN frontdesk.customer x ON x.id = p_customer AND x.phone = u.from_number) s
			JOIN frontdesk.event e ON e.subject_id = s.id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
	) DO
		UPDATE frontdesk.event SET payload = COALESCE(JSON_REMOVE(payload, '$.name', '$.phone', '$.email',
			'$.customer_name', '$.customer_phone', '$.notes', '$.cancel_reason', '$.from_number', '$.to_number',
			'$.transcript', '$.summary', '$.sentiment', '$.booking_details'), '{}') WHERE id = k.id;
	END FOR;

-- The same of what was posted about them, or is about to be, in either format; and
-- what was answered.
-- @web @worker
CREATE PROCEDURE sys_forget_deliveries(p_customer UUID) MODIFIES SQL DATA
	FOR k IN (
		SELECT d.id FROM frontdesk.customer c JOIN (
				SELECT p_customer AS id
				UNION ALL SELECT id FROM frontdesk.appointment WHERE customer_id = p_customer
				UNION ALL SELECT id FROM frontdesk.`call` WHERE customer_id = p_customer
				UNION ALL SELECT u.id FROM frontdesk.unassigned_call u
					JOIN frontdesk.customer x ON x.id = p_customer AND x.phone = u.from_number) s
			JOIN frontdesk.delivery d ON d.subject_id = s.id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
	) DO
		UPDATE frontdesk.delivery SET body = COALESCE(JSON_REMOVE(body, '$.name', '$.phone', '$.email',
			'$.customer_name', '$.customer_phone', '$.notes', '$.cancel_reason', '$.from_number', '$.to_number',
			'$.transcript', '$.summary', '$.sentiment', '$.booking_details',
			'$.data.name', '$.data.phone', '$.data.email', '$.data.customer_name', '$.data.customer_phone',
			'$.data.notes', '$.data.cancel_reason', '$.data.from_number', '$.data.to_number',
			'$.data.transcript', '$.data.summary', '$.data.sentiment', '$.data.booking_details'), '{}'), error = NULL
			WHERE id = k.id;
		UPDATE frontdesk.delivery_attempt SET response_head = NULL, error = NULL WHERE delivery_id = k.id;
	END FOR;

-- What was said when work about the customer failed.
-- @web @worker
CREATE PROCEDURE sys_forget_jobs(p_customer UUID) MODIFIES SQL DATA
BEGIN
	FOR k IN (
		SELECT j.id FROM frontdesk.customer c JOIN (
				SELECT id FROM frontdesk.notification WHERE customer_id = p_customer
				UNION ALL SELECT i.id FROM frontdesk.inbox_event i JOIN frontdesk.`call` a
					ON i.provider = a.provider AND i.external_id = a.provider_call_id AND a.customer_id = p_customer
				UNION ALL SELECT e.id FROM frontdesk.event e JOIN frontdesk.appointment a
					ON e.subject_id = a.id AND a.customer_id = p_customer
				UNION ALL SELECT e.id FROM frontdesk.event e JOIN frontdesk.`call` a
					ON e.subject_id = a.id AND a.customer_id = p_customer
				UNION ALL SELECT id FROM frontdesk.event WHERE subject_id = p_customer
				UNION ALL SELECT id FROM frontdesk.waiting_list_entry WHERE customer_id = p_customer) s
			JOIN frontdesk.job j ON j.ref_id = s.id
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
		UNION SELECT j.id FROM frontdesk.customer c JOIN frontdesk.job j
			ON LOCATE(c.phone, j.last_error) > 0 OR LOCATE(c.email, j.last_error) > 0
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
	) DO
		UPDATE frontdesk.job SET last_error = NULL WHERE id = k.id;
		UPDATE frontdesk.job_failure SET error = '' WHERE job_id = k.id;
	END FOR;
	FOR f IN (
		SELECT f.id FROM frontdesk.customer c JOIN frontdesk.job_failure f
			ON LOCATE(c.phone, f.error) > 0 OR LOCATE(c.email, f.error) > 0
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
	) DO
		UPDATE frontdesk.job_failure SET error = '' WHERE id = f.id;
	END FOR;
END;

-- What providers said about number or address.
-- @web @worker
CREATE PROCEDURE sys_forget_provider_calls(p_customer UUID) MODIFIES SQL DATA
	FOR k IN (
		SELECT p.id FROM frontdesk.customer c JOIN frontdesk.provider_call p
			ON LOCATE(c.phone, p.error) > 0 OR LOCATE(c.email, p.error) > 0
			WHERE c.id = p_customer AND c.erased_at IS NOT NULL
	) DO
		UPDATE frontdesk.provider_call SET error = NULL WHERE id = k.id;
	END FOR;

-- @web @worker
CREATE PROCEDURE sys_forget_consents(p_customer UUID) MODIFIES SQL DATA
	DELETE FROM frontdesk.consent WHERE customer_id = p_customer
		AND (SELECT erased_at FROM frontdesk.customer WHERE id = p_customer) IS NOT NULL;

-- An event that came after its call was erased.
-- @worker
CREATE PROCEDURE sys_forget_late(p_inbox_event UUID) MODIFIES SQL DATA
	UPDATE frontdesk.inbox_event i SET i.body = '' WHERE i.id = p_inbox_event
		AND EXISTS (SELECT 1 FROM frontdesk.`call` k WHERE k.provider = i.provider
			AND k.provider_call_id = i.external_id AND k.erased_at IS NOT NULL);

-- ---- what is kept for a while (core/privacy/retention.h): the oldest first, at
-- most so many rows; how many it were ----

-- @worker
CREATE PROCEDURE sys_expire_inbox(p_before DATETIME(3), p_rows INT) MODIFIES SQL DATA
BEGIN
	DECLARE v_rows INT;
	UPDATE frontdesk.inbox_event SET body = '' WHERE received_at < p_before AND body <> '' LIMIT p_rows;
	SET v_rows = ROW_COUNT();
	DELETE FROM frontdesk.inbox_replay WHERE created_at < p_before LIMIT p_rows;
	SET v_rows = v_rows + ROW_COUNT();
	UPDATE frontdesk.event SET payload = '{}' WHERE created_at < p_before AND payload <> '{}' LIMIT p_rows;
	SELECT v_rows + ROW_COUNT() AS n;
END;

-- Entries of the audit log from the beginning of the chain, whose links stay;
-- never younger ones than a year (core/audit/verify.h).
-- @worker
CREATE PROCEDURE sys_expire_audit(p_before DATETIME(3), p_rows INT) MODIFIES SQL DATA
BEGIN
	DECLARE v_n INT DEFAULT 0;
	DECLARE v_first, v_end BIGINT UNSIGNED;
	SELECT s.seq INTO v_first FROM frontdesk.audit_seal s JOIN frontdesk.audit_entry e ON e.id = s.audit_entry_id
		ORDER BY s.seq LIMIT 1;
	SELECT seq INTO v_end FROM frontdesk.audit_seal
		WHERE seq >= v_first AND entry_at >= LEAST(p_before, NOW(3) - INTERVAL 365 DAY) ORDER BY seq LIMIT 1;
	SET v_end = LEAST(COALESCE(v_end, v_first + p_rows), v_first + p_rows);
	FOR s IN (SELECT audit_entry_id FROM frontdesk.audit_seal WHERE seq >= v_first AND seq < v_end) DO
		DELETE FROM frontdesk.audit_entry WHERE id = s.audit_entry_id;
		SET v_n = v_n + 1;
	END FOR;
	SELECT v_n AS n;
END;

-- The number of a company, closed ones too.
-- @worker
CREATE PROCEDURE sys_company_number(p_company UUID) READS SQL DATA
	SELECT id AS company_number FROM frontdesk_store.company WHERE uid = p_company;

-- The doors of the platform's administration. p_admin is who asks: the tenants
-- that he administers, and their companies; NULL: the platform, all of them.
-- Lists are newest first, behind the row with that time and id.
-- @platform
CREATE PROCEDURE sys_tenants(p_admin UUID, p_before DATETIME(3), p_before_id UUID, p_n INT) READS SQL DATA
	SELECT t.id, t.slug, t.name, t.logo_url, t.colour, t.email_from, t.support_email, t.created_at
	FROM frontdesk_store.tenant t
	WHERE (p_admin IS NULL OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership m
			WHERE m.user_id = p_admin AND m.tenant_id = t.id))
		AND (p_before_id IS NULL OR t.created_at < p_before OR (t.created_at = p_before AND t.id < p_before_id))
	ORDER BY t.created_at DESC, t.id DESC LIMIT p_n;

-- @platform
CREATE PROCEDURE sys_tenant(p_admin UUID, p_tenant UUID) READS SQL DATA
	SELECT t.id, t.slug, t.name, t.logo_url, t.colour, t.email_from, t.support_email, t.created_at
	FROM frontdesk_store.tenant t
	WHERE t.id = p_tenant AND (p_admin IS NULL OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership m
		WHERE m.user_id = p_admin AND m.tenant_id = t.id));

-- Holds a row until the end of the transaction.
-- @platform
CREATE PROCEDURE sys_tenant_lock(p_tenant UUID) MODIFIES SQL DATA
BEGIN
	DECLARE v UUID;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	SELECT id INTO v FROM frontdesk_store.tenant WHERE id = p_tenant FOR UPDATE;
END;

-- @platform
CREATE PROCEDURE sys_tenant_add(p_tenant UUID, p_slug VARCHAR(63) CHARACTER SET ascii, p_name VARCHAR(120) CHARACTER SET utf8mb4,
	p_logo VARCHAR(500) CHARACTER SET ascii, p_colour CHAR(7) CHARACTER SET ascii,
	p_from VARCHAR(254) CHARACTER SET utf8mb4, p_support VARCHAR(254) CHARACTER SET utf8mb4) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.tenant (id, slug, name, logo_url, colour, email_from, support_email)
	VALUES (p_tenant, p_slug, p_name, p_logo, p_colour, p_from, p_support);

-- @platform
CREATE PROCEDURE sys_tenant_set(p_tenant UUID, p_name VARCHAR(120) CHARACTER SET utf8mb4,
	p_logo VARCHAR(500) CHARACTER SET ascii, p_colour CHAR(7) CHARACTER SET ascii,
	p_from VARCHAR(254) CHARACTER SET utf8mb4, p_support VARCHAR(254) CHARACTER SET utf8mb4) MODIFIES SQL DATA
	UPDATE frontdesk_store.tenant SET name = p_name, logo_url = p_logo, colour = p_colour, email_from = p_from,
		support_email = p_support WHERE id = p_tenant;

-- @platform
CREATE PROCEDURE sys_tenant_people(p_tenant UUID) READS SQL DATA
	SELECT u.id, u.email, u.name, m.created_at FROM frontdesk_store.tenant_membership m
	JOIN frontdesk_store.user u ON u.id = m.user_id WHERE m.tenant_id = p_tenant ORDER BY u.name, u.id LIMIT 1000;

-- @platform
CREATE PROCEDURE sys_tenant_person_add(p_tenant UUID, p_user UUID) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.tenant_membership (tenant_id, user_id) VALUES (p_tenant, p_user);

-- @platform
CREATE PROCEDURE sys_tenant_person_remove(p_tenant UUID, p_user UUID) MODIFIES SQL DATA
BEGIN
	DELETE FROM frontdesk_store.tenant_membership WHERE tenant_id = p_tenant AND user_id = p_user;
	SELECT ROW_COUNT() AS removed;
END;

-- @platform
CREATE PROCEDURE sys_platform_companies(p_admin UUID, p_tenant UUID, p_status VARCHAR(10) CHARACTER SET ascii,
	p_like VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_nopad_ci, p_before DATETIME(3), p_before_id UUID,
	p_n INT) READS SQL DATA
	SELECT c.id AS company_number, c.uid AS id, c.tenant_id, t.name AS tenant_name, c.name, c.slug, p.code AS plan, c.status,
		c.country, c.time_zone, c.currency, c.locale, c.created_at
	FROM frontdesk_store.company c JOIN frontdesk_store.tenant t ON t.id = c.tenant_id JOIN frontdesk_store.plan p ON p.id = c.plan_id
	WHERE (p_admin IS NULL OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership m
			WHERE m.user_id = p_admin AND m.tenant_id = t.id))
		AND (p_tenant IS NULL OR c.tenant_id = p_tenant) AND (p_status IS NULL OR c.status = p_status)
		AND (p_like IS NULL OR c.name LIKE p_like OR CONVERT(c.slug USING utf8mb4) COLLATE utf8mb4_unicode_nopad_ci LIKE p_like)
		AND (p_before_id IS NULL OR c.created_at < p_before OR (c.created_at = p_before AND c.uid < p_before_id))
	ORDER BY c.created_at DESC, c.uid DESC LIMIT p_n;

-- @platform
CREATE PROCEDURE sys_platform_company(p_admin UUID, p_company UUID) READS SQL DATA
	SELECT c.id AS company_number, c.uid AS id, c.tenant_id, t.name AS tenant_name, c.name, c.slug, p.code AS plan, c.status,
		c.country, c.time_zone, c.currency, c.locale, c.created_at
	FROM frontdesk_store.company c JOIN frontdesk_store.tenant t ON t.id = c.tenant_id JOIN frontdesk_store.plan p ON p.id = c.plan_id
	WHERE c.uid = p_company AND (p_admin IS NULL OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership m
		WHERE m.user_id = p_admin AND m.tenant_id = t.id));

-- @platform
CREATE PROCEDURE sys_platform_company_lock(p_company UUID) MODIFIES SQL DATA
BEGIN
	DECLARE v INT UNSIGNED;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	SELECT id INTO v FROM frontdesk_store.company WHERE uid = p_company FOR UPDATE;
END;

-- @platform
CREATE PROCEDURE sys_platform_company_set(p_company UUID, p_name VARCHAR(120) CHARACTER SET utf8mb4,
	p_plan VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin, p_status VARCHAR(10) CHARACTER SET ascii) MODIFIES SQL DATA
	UPDATE frontdesk_store.company SET name = p_name, status = p_status,
		plan_id = (SELECT p.id FROM frontdesk_store.plan p WHERE p.code = p_plan) WHERE uid = p_company;

-- A session acts in a company from now on, whether it did before or not.
-- @platform
CREATE PROCEDURE sys_entry_add(p_session UUID, p_company INT UNSIGNED, p_expires DATETIME(3)) MODIFIES SQL DATA
BEGIN
	DELETE FROM frontdesk_store.company_entry WHERE session_id = p_session AND company_id = p_company;
	INSERT INTO frontdesk_store.company_entry (session_id, company_id, expires_at) VALUES (p_session, p_company, p_expires);
END;

-- @platform
CREATE PROCEDURE sys_entry_remove(p_session UUID, p_company INT UNSIGNED) MODIFIES SQL DATA
BEGIN
	DELETE FROM frontdesk_store.company_entry
		WHERE session_id = p_session AND company_id = p_company AND expires_at > NOW(3);
	SELECT ROW_COUNT() AS removed;
END;

-- The platform's accounts at providers that were ever asked (NULL as p_admin only), and
-- the companies' that are not closed, with what the calls of an hour and a day say.
-- @platform
CREATE PROCEDURE sys_platform_providers(p_admin UUID) READS SQL DATA
	WITH account AS (
		SELECT 0 AS company_id, NULL AS uid, NULL AS name, k.provider, b.state, b.since, b.retry_at, b.reason, b.is_denied
			FROM (SELECT DISTINCT provider FROM frontdesk_store.provider_call WHERE company_id = 0
				UNION SELECT provider FROM frontdesk_store.breaker WHERE company_id = 0) k
			LEFT JOIN frontdesk_store.breaker b ON b.company_id = 0 AND b.provider = k.provider
			WHERE p_admin IS NULL
		UNION ALL SELECT * FROM (
			SELECT b.company_id, c.uid, c.name, b.provider, b.state, b.since, b.retry_at, b.reason, b.is_denied
			FROM frontdesk_store.breaker b JOIN frontdesk_store.company c ON c.id = b.company_id
			WHERE b.state IN ('open', 'half_open') AND (p_admin IS NULL OR EXISTS (SELECT 1
				FROM frontdesk_store.tenant_membership m WHERE m.user_id = p_admin AND m.tenant_id = c.tenant_id))
			ORDER BY b.since DESC, c.id LIMIT 500) failing),
	made AS (
		SELECT a.company_id, a.provider, p.duration_ms, p.verdict IN ('failed', 'throttled', 'denied') AS failed,
			p.created_at > NOW(3) - INTERVAL 1 HOUR AS late
		FROM account a JOIN frontdesk_store.provider_call p ON p.company_id = a.company_id
			AND p.provider = a.provider AND p.created_at > NOW(3) - INTERVAL 1 DAY),
	placed AS (
		SELECT m.*, COUNT(*) OVER (PARTITION BY company_id, provider) AS n,
			ROW_NUMBER() OVER (PARTITION BY company_id, provider ORDER BY duration_ms) AS place,
			COUNT(*) OVER (PARTITION BY company_id, provider, late) AS late_n,
			ROW_NUMBER() OVER (PARTITION BY company_id, provider, late ORDER BY duration_ms) AS late_place
		FROM made m)
	SELECT a.uid AS company_id, a.name AS company_name, a.provider, COALESCE(a.state, 'closed') AS state, a.since,
		a.retry_at, a.reason, COALESCE(a.is_denied, 0) AS is_denied,
		COALESCE(SUM(p.late), 0) AS hour_calls, COALESCE(SUM(p.late AND p.failed), 0) AS hour_failures,
		COALESCE(MAX(IF(p.late AND p.late_place <= CEIL(p.late_n * 0.5), p.duration_ms, 0)), 0) AS hour_p50_ms,
		COALESCE(MAX(IF(p.late AND p.late_place <= CEIL(p.late_n * 0.95), p.duration_ms, 0)), 0) AS hour_p95_ms,
		COUNT(p.provider) AS day_calls, COALESCE(SUM(p.failed), 0) AS day_failures,
		COALESCE(MAX(IF(p.place <= CEIL(p.n * 0.5), p.duration_ms, 0)), 0) AS day_p50_ms,
		COALESCE(MAX(IF(p.place <= CEIL(p.n * 0.95), p.duration_ms, 0)), 0) AS day_p95_ms
	FROM account a LEFT JOIN placed p ON p.company_id = a.company_id AND p.provider = a.provider
	GROUP BY a.company_id, a.provider ORDER BY a.company_id > 0, a.since DESC, a.provider;

-- The next call to an account that fails is let through, and what waits comes now.
-- found 0: it has never failed, or is none of his.
-- @platform
CREATE PROCEDURE sys_platform_provider_retry(p_admin UUID, p_company UUID, p_provider VARCHAR(20) CHARACTER SET ascii) MODIFIES SQL DATA
BEGIN
	DECLARE v_company INT UNSIGNED DEFAULT IF(p_company IS NULL AND p_admin IS NULL, 0, NULL);
	DECLARE v_found INT DEFAULT 0;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	IF p_company IS NOT NULL THEN
		SELECT c.id INTO v_company FROM frontdesk_store.company c
			WHERE c.uid = p_company AND (p_admin IS NULL OR EXISTS (SELECT 1 FROM frontdesk_store.tenant_membership m
				WHERE m.user_id = p_admin AND m.tenant_id = c.tenant_id));
	END IF;
	SELECT COUNT(*) INTO v_found FROM frontdesk_store.breaker WHERE company_id = v_company AND provider = p_provider;
	UPDATE frontdesk_store.breaker SET retry_at = NOW(3)
		WHERE company_id = v_company AND provider = p_provider AND state = 'open';
	UPDATE frontdesk_store.job SET is_due = 1, run_at = NOW(3)
		WHERE v_found > 0 AND state = 'queued' AND is_due = 0 AND put_off_since IS NOT NULL
			AND (v_company = 0 OR company_id = v_company) LIMIT 1000;
	SELECT v_found AS found;
END;

-- @platform
CREATE PROCEDURE sys_users(p_like VARCHAR(300) CHARACTER SET utf8mb4, p_before DATETIME(3), p_before_id UUID, p_n INT) READS SQL DATA
	SELECT u.id, u.email, u.name, u.locale, u.is_platform_admin, u.created_at, u.disabled_at
	FROM frontdesk_store.user u
	WHERE (p_like IS NULL OR u.email LIKE p_like)
		AND (p_before_id IS NULL OR u.created_at < p_before OR (u.created_at = p_before AND u.id < p_before_id))
	ORDER BY u.created_at DESC, u.id DESC LIMIT p_n;

-- Somebody by his id, or by his e-mail address.
-- @platform
CREATE PROCEDURE sys_user(p_user UUID, p_email VARCHAR(254) CHARACTER SET utf8mb4) READS SQL DATA
	SELECT u.id, u.email, u.name, u.locale, u.is_platform_admin, u.created_at, u.disabled_at
	FROM frontdesk_store.user u WHERE u.id = p_user OR (p_user IS NULL AND u.email = p_email);

-- Where somebody belongs: companies in any state, and tenants.
-- @platform
CREATE PROCEDURE sys_user_companies(p_user UUID) READS SQL DATA
	SELECT c.uid AS id, c.name, c.slug, m.role
	FROM frontdesk_store.membership m JOIN frontdesk_store.company c ON c.id = m.company_id
	WHERE m.user_id = p_user ORDER BY c.name, c.slug LIMIT 200;

-- @platform
CREATE PROCEDURE sys_user_platform(p_user UUID) MODIFIES SQL DATA
	UPDATE frontdesk_store.user SET is_platform_admin = TRUE WHERE id = p_user;

-- What is disabled has no sessions any more.
-- @platform
CREATE PROCEDURE sys_user_disable(p_user UUID, p_disabled BOOL) MODIFIES SQL DATA
BEGIN
	UPDATE frontdesk_store.user SET disabled_at = IF(p_disabled, NOW(3), NULL) WHERE id = p_user;
	UPDATE frontdesk_store.session SET revoked_at = NOW(3) WHERE user_id = p_user AND p_disabled AND revoked_at IS NULL;
END;

-- Numbers changes of a company: [["kind", "id"], …]. The counter is held until
-- the transaction ends, so that the numbers are in the order of commits and
-- whoever has seen one has seen all before it. Above 1, which is the beginning.
-- @none
CREATE PROCEDURE live_add(p_company INT UNSIGNED, p_changes MEDIUMTEXT CHARACTER SET utf8mb4, OUT p_first BIGINT UNSIGNED) MODIFIES SQL DATA
BEGIN
	DECLARE v_n INT DEFAULT JSON_LENGTH(p_changes);
	DECLARE v_last BIGINT UNSIGNED;
	UPDATE frontdesk_store.live_counter SET last_id = last_id + v_n WHERE company_id = p_company;
	IF ROW_COUNT() = 0 THEN
		BEGIN
			DECLARE CONTINUE HANDLER FOR 1062 BEGIN END; -- somebody else was first at the same moment
			INSERT INTO frontdesk_store.live_counter (company_id, last_id) VALUES (p_company, 1);
		END;
		UPDATE frontdesk_store.live_counter SET last_id = last_id + v_n WHERE company_id = p_company;
	END IF;
	SELECT last_id INTO v_last FROM frontdesk_store.live_counter WHERE company_id = p_company;
	SET p_first = v_last - v_n + 1;
	INSERT INTO frontdesk_store.live_change (company_id, id, kind, subject_id)
		SELECT p_company, p_first - 1 + j.n, j.kind, CAST(j.id AS UUID)
		FROM JSON_TABLE(p_changes, '$[*]' COLUMNS (n FOR ORDINALITY, kind VARCHAR(60) PATH '$[0]', id CHAR(36) PATH '$[1]')) j;
END;

-- A job that is dead now, if it is one, and of a company, is news: for doors that
-- are no transaction of their own.
-- @none
CREATE PROCEDURE live_dead(p_job UUID) MODIFIES SQL DATA
BEGIN
	DECLARE v_company INT UNSIGNED DEFAULT 0;
	DECLARE v_first BIGINT UNSIGNED;
	DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
	DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
	SELECT company_id INTO v_company FROM frontdesk_store.job WHERE id = p_job AND state = 'dead';
	IF v_company > 0 THEN
		START TRANSACTION;
		CALL live_add(v_company, JSON_ARRAY(JSON_ARRAY('job.changed', p_job)), v_first);
		COMMIT;
	END IF;
END;

-- Those of the company that the connection is in; the number of the first.
-- @worker
CREATE PROCEDURE sys_live_add(p_changes MEDIUMTEXT CHARACTER SET utf8mb4) MODIFIES SQL DATA
BEGIN
	DECLARE v_first BIGINT UNSIGNED;
	CALL live_add(CONNECTION_ID() ^ 2147483648, p_changes, v_first);
	SELECT v_first AS first_id;
END;

-- A ticket for one stream.
-- @web
CREATE PROCEDURE sys_live_ticket_add(p_hash BINARY(32), p_session UUID, p_company UUID, p_seconds INT) MODIFIES SQL DATA
	INSERT INTO frontdesk_store.live_ticket (hash, session_id, company_uid, expires_at)
	VALUES (p_hash, p_session, p_company, NOW(3) + INTERVAL p_seconds SECOND);

-- Uses it up; no row: there is none, or it was used, or its time is over.
-- @web
CREATE PROCEDURE sys_live_ticket_use(p_hash BINARY(32)) MODIFIES SQL DATA
	DELETE FROM frontdesk_store.live_ticket WHERE hash = p_hash AND expires_at > NOW(3)
	RETURNING session_id, company_uid AS company_id;

-- Whose customers these are: the tenant of the company that the connection is in.
-- @web @worker
CREATE PROCEDURE sys_brand() READS SQL DATA
	SELECT t.name, t.logo_url, t.colour, t.email_from, t.support_email
	FROM frontdesk_store.company c JOIN frontdesk_store.tenant t ON t.id = c.tenant_id
	WHERE c.id = CONNECTION_ID() ^ 2147483648;
