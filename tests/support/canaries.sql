BEGIN NOT ATOMIC
	-- @rows rows in every table that has a company_id, of company @company, with
	-- @canary in every text and every unstructured blob that has room for it;
	-- what is there already gets it, too. Nothing else about these rows need be
	-- right. Made from the catalogue: a new table has its rows by itself.
	SET SESSION foreign_key_checks = 0, check_constraint_checks = 0, group_concat_max_len = 1000000;
	FOR t IN (SELECT k.TABLE_NAME AS name,
			GROUP_CONCAT('`', k.COLUMN_NAME, '`' ORDER BY k.ORDINAL_POSITION) AS columns_,
			GROUP_CONCAT(k.expression ORDER BY k.ORDINAL_POSITION) AS values_,
			GROUP_CONCAT(IF(k.is_text, CONCAT('`', k.COLUMN_NAME, '` = ', k.expression), NULL)) AS texts
		FROM (SELECT c.*, c.DATA_TYPE IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'varbinary', 'blob', 'mediumblob', 'longblob') AS is_text,
			CASE
				WHEN c.COLUMN_NAME = 'company_id' THEN '@company'
				WHEN c.TABLE_NAME = 'job' AND c.COLUMN_NAME = 'state' THEN '''done'''
				WHEN c.DATA_TYPE = 'uuid' THEN 'UUID()'
				WHEN c.DATA_TYPE = 'enum' THEN '1'
				WHEN c.DATA_TYPE = 'binary' THEN CONCAT('LEFT(UNHEX(SHA2(CONCAT(@canary, ''', c.COLUMN_NAME, ''', @n), 512)), ', c.CHARACTER_MAXIMUM_LENGTH, ')')
				WHEN c.DATA_TYPE IN ('date', 'datetime') AND c.COLUMN_NAME REGEXP '^end|_end$' THEN '''2037-01-01 10:00'' + INTERVAL @n DAY'
				WHEN c.DATA_TYPE IN ('date', 'datetime') THEN '''2037-01-01'' + INTERVAL @n DAY'
				WHEN c.DATA_TYPE LIKE '%int' AND c.COLUMN_NAME LIKE 'end%' THEN '60'
				WHEN c.DATA_TYPE LIKE '%int' THEN '4 + @n'
				ELSE CONCAT('CONCAT(LEFT(@canary, ', LEAST(c.CHARACTER_MAXIMUM_LENGTH - 2, 100), '), ''-'', @n)')
			END AS expression
			FROM information_schema.COLUMNS c
			WHERE c.TABLE_SCHEMA = 'frontdesk_store' AND c.EXTRA NOT LIKE '%GENERATED%' AND c.EXTRA NOT LIKE '%auto_increment%') k
		WHERE (k.is_text OR k.COLUMN_NAME IN ('company_id', 'weekday') OR (k.TABLE_NAME = 'job' AND k.COLUMN_NAME = 'state') OR (k.IS_NULLABLE = 'NO' AND k.COLUMN_DEFAULT IS NULL))
			AND k.TABLE_NAME NOT IN ('membership', 'company_entry') -- who they name must exist
			AND k.TABLE_NAME IN (SELECT o.TABLE_NAME FROM information_schema.COLUMNS o
				WHERE o.TABLE_SCHEMA = 'frontdesk_store' AND o.COLUMN_NAME = 'company_id')
		GROUP BY k.TABLE_NAME) DO
		EXECUTE IMMEDIATE CONCAT('SELECT COUNT(*) INTO @there FROM frontdesk_store.`', t.name, '` WHERE company_id = @company');
		SET @n = 0;
		WHILE @there = 0 AND @n < @rows DO
			SET @n = @n + 1;
			EXECUTE IMMEDIATE CONCAT('INSERT IGNORE INTO frontdesk_store.`', t.name, '` (', t.columns_, ') VALUES (', t.values_, ')');
		END WHILE;
		IF @there > 0 AND t.texts IS NOT NULL THEN
			EXECUTE IMMEDIATE CONCAT('UPDATE IGNORE frontdesk_store.`', t.name, '` SET ', t.texts, ' WHERE company_id = @company');
		END IF;
	END FOR;
	UPDATE frontdesk_store.company SET name = @canary WHERE id = @company;
END
