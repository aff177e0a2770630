-- The demo data of API.md, for sandboxes: `frontdeskctl seed` loads it and
-- refuses anywhere else. Every row has a fixed id and only what is missing is
-- inserted, so that loading it twice changes nothing. Ids of the salon begin
-- with 01900000-0000-7000-8000-5a1, of the dentist with …-de0, of the
-- platform with …-000. What cannot stand here is filled in by
-- core/schema/seed.c: password_hash '*' and an empty secret_cell.
--
-- Log-ins (password frontdesk-demo): owner@salon.example,
-- owner@dental.example, and admin@frontdesk.example for the platform.
-- An API key of the salon's, role owner, for tests:
-- fdk_test_demoSalon000000000000000000000006vg4hR

-- A third company, Race Track (…-4ace), is nobody's: POST /api/v2/demo/race lets
-- rivals book its one person, who works day and night.

-- 0.20 a started minute in the company's currency, no base fee.
INSERT INTO plan (id, code, name, minute_cents, base_cents)
WITH v (id, code, name, minute_cents, base_cents) AS (VALUES
	('01900000-0000-7000-8000-000000000010', 'demo', 'Demo', 20, 0))
SELECT v.* FROM v LEFT JOIN plan t ON t.id = v.id WHERE t.id IS NULL;

INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
WITH v (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status) AS (VALUES
	('01900000-0000-7000-8000-5a1000000001', '01900000-0000-7000-8000-000000000020', '01900000-0000-7000-8000-000000000010', 'salon-morgenrot', 'Salon Morgenrot', 'DE', 'Europe/Berlin', 'EUR', 'de', 'active'),
	('01900000-0000-7000-8000-de0000000001', '01900000-0000-7000-8000-000000000020', '01900000-0000-7000-8000-000000000010', 'bright-smile', 'Bright Smile Dental', 'US', 'America/New_York', 'USD', 'en', 'active'))
SELECT v.* FROM v LEFT JOIN company t ON t.uid = v.uid WHERE t.uid IS NULL;

SET @salon = (SELECT id FROM company WHERE uid = '01900000-0000-7000-8000-5a1000000001'),
	@dental = (SELECT id FROM company WHERE uid = '01900000-0000-7000-8000-de0000000001');

INSERT INTO `user` (id, email, name, locale, password_hash, is_platform_admin, email_verified_at)
WITH v (id, email, name, locale, password_hash, is_platform_admin, email_verified_at) AS (VALUES
	('01900000-0000-7000-8000-5a1000000002', 'owner@salon.example', 'Greta Morgenrot', 'de', '*', 0, '2020-01-01'),
	('01900000-0000-7000-8000-de0000000002', 'owner@dental.example', 'Dana Bright', 'en', '*', 0, '2020-01-01'),
	('01900000-0000-7000-8000-000000000002', 'admin@frontdesk.example', 'Platform administrator', 'en', '*', 1, '2020-01-01'))
SELECT v.* FROM v LEFT JOIN `user` t ON t.id = v.id WHERE t.id IS NULL;

INSERT INTO membership (user_id, company_id, role)
WITH v (user_id, company_id, role) AS (VALUES
	('01900000-0000-7000-8000-5a1000000002', @salon, 'owner'),
	('01900000-0000-7000-8000-de0000000002', @dental, 'owner'))
SELECT v.* FROM v LEFT JOIN membership t ON t.user_id = v.user_id AND t.company_id = v.company_id WHERE t.company_id IS NULL;

SET @key = 'fdk_test_demoSalon000000000000000000000006vg4hR';

INSERT INTO api_key (company_id, id, name, prefix, last_four, key_hash, role)
WITH v (company_id, id, name, prefix, last_four, key_hash, role) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000003', 'Tests', LEFT(@key, 13), RIGHT(@key, 4), UNHEX(SHA2(@key, 256)), 'owner'))
SELECT v.* FROM v LEFT JOIN api_key t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO branch (company_id, id, name, time_zone, phone, email, address)
WITH v (company_id, id, name, time_zone, phone, email, address) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000010', 'Mitte', 'Europe/Berlin', '+493023125001', 'mitte@salon.example', 'Torstraße 1, 10119 Berlin'),
	(@salon, '01900000-0000-7000-8000-5a1000000011', 'Nord', 'Europe/Berlin', '+493023125002', 'nord@salon.example', 'Müllerstraße 1, 13353 Berlin'),
	(@dental, '01900000-0000-7000-8000-de0000000010', 'Main', 'America/New_York', '+12125550123', 'main@dental.example', '1 Broadway, New York, NY 10004'))
SELECT v.* FROM v LEFT JOIN branch t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO phone_number (company_id, id, branch_id, e164, label, language)
WITH v (company_id, id, branch_id, e164, label, language) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000020', '01900000-0000-7000-8000-5a1000000010', '+493023125001', 'Mitte', 'de'),
	(@salon, '01900000-0000-7000-8000-5a1000000021', '01900000-0000-7000-8000-5a1000000011', '+493023125002', 'Nord', 'de'),
	(@dental, '01900000-0000-7000-8000-de0000000020', '01900000-0000-7000-8000-de0000000010', '+12125550123', 'Main', 'en'))
SELECT v.* FROM v LEFT JOIN phone_number t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

-- Keys: key_demo_salon and key_demo_dental at Retell, demo_twilio_token at
-- Twilio.
INSERT INTO integration (company_id, id, provider, hook, account, agent, from_number, secret_cell)
WITH v (company_id, id, provider, hook, account, agent, from_number, secret_cell) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000030', 'retell', 'demo-salon', NULL, 'agent_demo_salon', NULL, ''),
	(@dental, '01900000-0000-7000-8000-de0000000030', 'retell', 'demo-dental', NULL, 'agent_demo_dental', NULL, ''),
	(@salon, '01900000-0000-7000-8000-5a1000000031', 'twilio', 'demo-salon', 'ACdemo0000000000000000000000000000', NULL, '+493023125001', ''),
	(@dental, '01900000-0000-7000-8000-de0000000031', 'twilio', 'demo-dental', 'ACdemo0000000000000000000000000000', NULL, '+12125550123', ''))
SELECT v.* FROM v LEFT JOIN integration t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO resource (company_id, id, branch_id, kind, name)
WITH v (company_id, id, branch_id, kind, name) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000040', '01900000-0000-7000-8000-5a1000000010', 'staff', 'Anna'),
	(@salon, '01900000-0000-7000-8000-5a1000000041', '01900000-0000-7000-8000-5a1000000010', 'staff', 'Ben'),
	(@salon, '01900000-0000-7000-8000-5a1000000042', '01900000-0000-7000-8000-5a1000000010', 'staff', 'Clara'),
	(@salon, '01900000-0000-7000-8000-5a1000000043', '01900000-0000-7000-8000-5a1000000011', 'staff', 'Dora'),
	(@dental, '01900000-0000-7000-8000-de0000000040', '01900000-0000-7000-8000-de0000000010', 'staff', 'Dr. Diaz'),
	(@dental, '01900000-0000-7000-8000-de0000000041', '01900000-0000-7000-8000-de0000000010', 'staff', 'Dr. Evans'))
SELECT v.* FROM v LEFT JOIN resource t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO staff (company_id, id, branch_id, resource_id, name, position)
WITH v (company_id, id, branch_id, resource_id, name, position) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000050', '01900000-0000-7000-8000-5a1000000010', '01900000-0000-7000-8000-5a1000000040', 'Anna', 1),
	(@salon, '01900000-0000-7000-8000-5a1000000051', '01900000-0000-7000-8000-5a1000000010', '01900000-0000-7000-8000-5a1000000041', 'Ben', 2),
	(@salon, '01900000-0000-7000-8000-5a1000000052', '01900000-0000-7000-8000-5a1000000010', '01900000-0000-7000-8000-5a1000000042', 'Clara', 3),
	(@salon, '01900000-0000-7000-8000-5a1000000053', '01900000-0000-7000-8000-5a1000000011', '01900000-0000-7000-8000-5a1000000043', 'Dora', 4),
	(@dental, '01900000-0000-7000-8000-de0000000050', '01900000-0000-7000-8000-de0000000010', '01900000-0000-7000-8000-de0000000040', 'Dr. Diaz', 1),
	(@dental, '01900000-0000-7000-8000-de0000000051', '01900000-0000-7000-8000-de0000000010', '01900000-0000-7000-8000-de0000000041', 'Dr. Evans', 2))
SELECT v.* FROM v LEFT JOIN staff t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

-- Anna Tue-Sat 09-18, break 13-14; Ben Mon-Fri 10-19; Clara Wed-Sat 09-17; Dora
-- Tue-Fri 10-18; Dr. Diaz Mon-Thu 08-16; Dr. Evans Tue-Fri 09-17. Minutes of the
-- day; 1 is Monday.
INSERT INTO working_hours (company_id, id, branch_id, staff_id, weekday, start_minute, end_minute)
WITH v (company_id, id, staff_id, weekday, start_minute, end_minute) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000104', '01900000-0000-7000-8000-5a1000000050', 2, 540, 780),
	(@salon, '01900000-0000-7000-8000-5a1000000105', '01900000-0000-7000-8000-5a1000000050', 2, 840, 1080),
	(@salon, '01900000-0000-7000-8000-5a1000000106', '01900000-0000-7000-8000-5a1000000050', 3, 540, 780),
	(@salon, '01900000-0000-7000-8000-5a1000000107', '01900000-0000-7000-8000-5a1000000050', 3, 840, 1080),
	(@salon, '01900000-0000-7000-8000-5a1000000108', '01900000-0000-7000-8000-5a1000000050', 4, 540, 780),
	(@salon, '01900000-0000-7000-8000-5a1000000109', '01900000-0000-7000-8000-5a1000000050', 4, 840, 1080),
	(@salon, '01900000-0000-7000-8000-5a100000010a', '01900000-0000-7000-8000-5a1000000050', 5, 540, 780),
	(@salon, '01900000-0000-7000-8000-5a100000010b', '01900000-0000-7000-8000-5a1000000050', 5, 840, 1080),
	(@salon, '01900000-0000-7000-8000-5a100000010c', '01900000-0000-7000-8000-5a1000000050', 6, 540, 780),
	(@salon, '01900000-0000-7000-8000-5a100000010d', '01900000-0000-7000-8000-5a1000000050', 6, 840, 1080),
	(@salon, '01900000-0000-7000-8000-5a1000000122', '01900000-0000-7000-8000-5a1000000051', 1, 600, 1140),
	(@salon, '01900000-0000-7000-8000-5a1000000124', '01900000-0000-7000-8000-5a1000000051', 2, 600, 1140),
	(@salon, '01900000-0000-7000-8000-5a1000000126', '01900000-0000-7000-8000-5a1000000051', 3, 600, 1140),
	(@salon, '01900000-0000-7000-8000-5a1000000128', '01900000-0000-7000-8000-5a1000000051', 4, 600, 1140),
	(@salon, '01900000-0000-7000-8000-5a100000012a', '01900000-0000-7000-8000-5a1000000051', 5, 600, 1140),
	(@salon, '01900000-0000-7000-8000-5a1000000146', '01900000-0000-7000-8000-5a1000000052', 3, 540, 1020),
	(@salon, '01900000-0000-7000-8000-5a1000000148', '01900000-0000-7000-8000-5a1000000052', 4, 540, 1020),
	(@salon, '01900000-0000-7000-8000-5a100000014a', '01900000-0000-7000-8000-5a1000000052', 5, 540, 1020),
	(@salon, '01900000-0000-7000-8000-5a100000014c', '01900000-0000-7000-8000-5a1000000052', 6, 540, 1020),
	(@salon, '01900000-0000-7000-8000-5a1000000164', '01900000-0000-7000-8000-5a1000000053', 2, 600, 1080),
	(@salon, '01900000-0000-7000-8000-5a1000000166', '01900000-0000-7000-8000-5a1000000053', 3, 600, 1080),
	(@salon, '01900000-0000-7000-8000-5a1000000168', '01900000-0000-7000-8000-5a1000000053', 4, 600, 1080),
	(@salon, '01900000-0000-7000-8000-5a100000016a', '01900000-0000-7000-8000-5a1000000053', 5, 600, 1080),
	(@dental, '01900000-0000-7000-8000-de0000000102', '01900000-0000-7000-8000-de0000000050', 1, 480, 960),
	(@dental, '01900000-0000-7000-8000-de0000000104', '01900000-0000-7000-8000-de0000000050', 2, 480, 960),
	(@dental, '01900000-0000-7000-8000-de0000000106', '01900000-0000-7000-8000-de0000000050', 3, 480, 960),
	(@dental, '01900000-0000-7000-8000-de0000000108', '01900000-0000-7000-8000-de0000000050', 4, 480, 960),
	(@dental, '01900000-0000-7000-8000-de0000000124', '01900000-0000-7000-8000-de0000000051', 2, 540, 1020),
	(@dental, '01900000-0000-7000-8000-de0000000126', '01900000-0000-7000-8000-de0000000051', 3, 540, 1020),
	(@dental, '01900000-0000-7000-8000-de0000000128', '01900000-0000-7000-8000-de0000000051', 4, 540, 1020),
	(@dental, '01900000-0000-7000-8000-de000000012a', '01900000-0000-7000-8000-de0000000051', 5, 540, 1020))
SELECT v.company_id, v.id, s.branch_id, v.staff_id, v.weekday, v.start_minute, v.end_minute
FROM v JOIN staff s ON s.company_id = v.company_id AND s.id = v.staff_id
LEFT JOIN working_hours t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

-- Start grid 15 min, notice 60 min, horizon 90 days.
INSERT INTO service (company_id, id, name, description, duration_minutes, price_cents, currency, buffer_after_minutes, grid_minutes, notice_minutes, horizon_days)
WITH v (company_id, id, name, description, duration_minutes, price_cents, currency, buffer_after_minutes, grid_minutes, notice_minutes, horizon_days) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000060', 'Haircut', 'Wash, cut and style', 30, 3500, 'EUR', 0, 15, 60, 90),
	(@salon, '01900000-0000-7000-8000-5a1000000061', 'Beard trim', NULL, 15, 1500, 'EUR', 0, 15, 60, 90),
	(@salon, '01900000-0000-7000-8000-5a1000000062', 'Colour', 'One colour, roots to tips', 90, 8000, 'EUR', 0, 15, 60, 90),
	(@salon, '01900000-0000-7000-8000-5a1000000063', 'Cut & Colour', 'Cut, then colour, then the finish', 120, 11500, 'EUR', 0, 15, 60, 90),
	(@dental, '01900000-0000-7000-8000-de0000000060', 'Check-up', 'Examination and advice', 30, 9000, 'USD', 0, 15, 60, 90),
	(@dental, '01900000-0000-7000-8000-de0000000061', 'Cleaning', 'Professional cleaning', 45, 12000, 'USD', 10, 15, 60, 90))
SELECT v.* FROM v LEFT JOIN service t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

-- Cut & Colour: who cut also does the finish, 30 minutes of processing in which
-- Clara is free lie before it.
INSERT INTO service_segment (company_id, id, service_id, position, name, duration_minutes, processing_minutes, same_staff_as)
WITH v (company_id, id, service_id, position, name, duration_minutes, processing_minutes, same_staff_as) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000070', '01900000-0000-7000-8000-5a1000000060', 1, 'Haircut', 30, 0, NULL),
	(@salon, '01900000-0000-7000-8000-5a1000000071', '01900000-0000-7000-8000-5a1000000061', 1, 'Beard trim', 15, 0, NULL),
	(@salon, '01900000-0000-7000-8000-5a1000000072', '01900000-0000-7000-8000-5a1000000062', 1, 'Colour', 90, 0, NULL),
	(@salon, '01900000-0000-7000-8000-5a1000000073', '01900000-0000-7000-8000-5a1000000063', 1, 'Cut', 30, 0, NULL),
	(@salon, '01900000-0000-7000-8000-5a1000000074', '01900000-0000-7000-8000-5a1000000063', 2, 'Colour', 30, 30, NULL),
	(@salon, '01900000-0000-7000-8000-5a1000000075', '01900000-0000-7000-8000-5a1000000063', 3, 'Finish', 30, 0, 1),
	(@dental, '01900000-0000-7000-8000-de0000000070', '01900000-0000-7000-8000-de0000000060', 1, 'Check-up', 30, 0, NULL),
	(@dental, '01900000-0000-7000-8000-de0000000071', '01900000-0000-7000-8000-de0000000061', 1, 'Cleaning', 45, 0, NULL))
SELECT v.* FROM v LEFT JOIN service_segment t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO service_staff (company_id, id, service_segment_id, staff_id)
WITH v (company_id, service_segment_id, staff_id) AS (VALUES
	(@salon, '01900000-0000-7000-8000-5a1000000070', '01900000-0000-7000-8000-5a1000000050'),
	(@salon, '01900000-0000-7000-8000-5a1000000070', '01900000-0000-7000-8000-5a1000000051'),
	(@salon, '01900000-0000-7000-8000-5a1000000070', '01900000-0000-7000-8000-5a1000000053'),
	(@salon, '01900000-0000-7000-8000-5a1000000071', '01900000-0000-7000-8000-5a1000000051'),
	(@salon, '01900000-0000-7000-8000-5a1000000072', '01900000-0000-7000-8000-5a1000000052'),
	(@salon, '01900000-0000-7000-8000-5a1000000073', '01900000-0000-7000-8000-5a1000000050'),
	(@salon, '01900000-0000-7000-8000-5a1000000073', '01900000-0000-7000-8000-5a1000000051'),
	(@salon, '01900000-0000-7000-8000-5a1000000074', '01900000-0000-7000-8000-5a1000000052'),
	(@salon, '01900000-0000-7000-8000-5a1000000075', '01900000-0000-7000-8000-5a1000000050'),
	(@salon, '01900000-0000-7000-8000-5a1000000075', '01900000-0000-7000-8000-5a1000000051'),
	(@dental, '01900000-0000-7000-8000-de0000000070', '01900000-0000-7000-8000-de0000000050'),
	(@dental, '01900000-0000-7000-8000-de0000000070', '01900000-0000-7000-8000-de0000000051'),
	(@dental, '01900000-0000-7000-8000-de0000000071', '01900000-0000-7000-8000-de0000000050'),
	(@dental, '01900000-0000-7000-8000-de0000000071', '01900000-0000-7000-8000-de0000000051'))
SELECT v.company_id, CONCAT('01900000-0000-7000-8000-', LEFT(MD5(CONCAT(v.service_segment_id, v.staff_id)), 12)), v.service_segment_id, v.staff_id
FROM v LEFT JOIN service_staff t ON t.company_id = v.company_id AND t.service_segment_id = v.service_segment_id AND t.staff_id = v.staff_id WHERE t.staff_id IS NULL;

INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
WITH v (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status) AS (VALUES
	('01900000-0000-7000-8000-4ace00000001', '01900000-0000-7000-8000-000000000020', '01900000-0000-7000-8000-000000000010', 'race-track', 'Race Track', 'DE', 'Europe/Berlin', 'EUR', 'en', 'active'))
SELECT v.* FROM v LEFT JOIN company t ON t.uid = v.uid WHERE t.uid IS NULL;

SET @race = (SELECT id FROM company WHERE uid = '01900000-0000-7000-8000-4ace00000001');

INSERT INTO branch (company_id, id, name, time_zone)
WITH v (company_id, id, name, time_zone) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000010', 'Track', 'Europe/Berlin'))
SELECT v.* FROM v LEFT JOIN branch t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO resource (company_id, id, branch_id, kind, name)
WITH v (company_id, id, branch_id, kind, name) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000040', '01900000-0000-7000-8000-4ace00000010', 'staff', 'The only one'))
SELECT v.* FROM v LEFT JOIN resource t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO staff (company_id, id, branch_id, resource_id, name)
WITH v (company_id, id, branch_id, resource_id, name) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000050', '01900000-0000-7000-8000-4ace00000010', '01900000-0000-7000-8000-4ace00000040', 'The only one'))
SELECT v.* FROM v LEFT JOIN staff t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO working_hours (company_id, id, branch_id, staff_id, weekday, start_minute, end_minute)
WITH v (weekday) AS (VALUES (1), (2), (3), (4), (5), (6), (7))
SELECT @race, CONCAT('01900000-0000-7000-8000-4ace0000010', v.weekday), '01900000-0000-7000-8000-4ace00000010', '01900000-0000-7000-8000-4ace00000050', v.weekday, 0, 1440
FROM v LEFT JOIN working_hours t ON t.company_id = @race AND t.id = CONCAT('01900000-0000-7000-8000-4ace0000010', v.weekday) WHERE t.id IS NULL;

INSERT INTO service (company_id, id, name, duration_minutes, price_cents, currency, grid_minutes, notice_minutes, horizon_days)
WITH v (company_id, id, name, duration_minutes, price_cents, currency, grid_minutes, notice_minutes, horizon_days) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000060', 'Race', 15, 0, 'EUR', 15, 0, 500))
SELECT v.* FROM v LEFT JOIN service t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO service_segment (company_id, id, service_id, position, name, duration_minutes)
WITH v (company_id, id, service_id, position, name, duration_minutes) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000070', '01900000-0000-7000-8000-4ace00000060', 1, 'Race', 15))
SELECT v.* FROM v LEFT JOIN service_segment t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

INSERT INTO service_staff (company_id, id, service_segment_id, staff_id)
WITH v (company_id, id, service_segment_id, staff_id) AS (VALUES
	(@race, '01900000-0000-7000-8000-4ace00000080', '01900000-0000-7000-8000-4ace00000070', '01900000-0000-7000-8000-4ace00000050'))
SELECT v.* FROM v LEFT JOIN service_staff t ON t.company_id = v.company_id AND t.id = v.id WHERE t.id IS NULL;

-- 0.07 and 0.0085 USD a minute, by the second.
INSERT INTO rate (id, provider, kind, unit, per_units, microusd, valid_from)
WITH v (id, provider, kind, unit, per_units, microusd, valid_from) AS (VALUES
	('01900000-0000-7000-8000-000000000030', 'retell', 'voice', 'second', 60, 70000, '2020-01-01'),
	('01900000-0000-7000-8000-000000000031', 'retell', 'telephony', 'second', 60, 8500, '2020-01-01'))
SELECT v.* FROM v LEFT JOIN rate t ON t.id = v.id WHERE t.id IS NULL;

INSERT INTO exchange_rate (id, currency, valid_from, usd_micro, source)
WITH v (id, currency, valid_from, usd_micro, source) AS (VALUES
	('01900000-0000-7000-8000-000000000040', 'EUR', '2020-01-01', 1100000, 'demo'))
SELECT v.* FROM v LEFT JOIN exchange_rate t ON t.id = v.id WHERE t.id IS NULL;

-- (messages at any hour, and as many as there are: people try things out)
INSERT INTO company_settings (company_id, id, quiet_from, quiet_to, daily_message_cap)
SELECT c.id, c.uid, 0, 0, 0 FROM company c LEFT JOIN company_settings t ON t.company_id = c.id WHERE t.company_id IS NULL;
