-- What calls cost. Rates and exchange rates are dated and never changed.

CREATE TABLE rate (
	id UUID NOT NULL PRIMARY KEY,
	provider VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	unit ENUM('second','message','token') NOT NULL,
	per_units INT UNSIGNED NOT NULL,
	microusd BIGINT NOT NULL,
	valid_from DATE NOT NULL,
	UNIQUE KEY rate_from (provider, kind, valid_from)
);

CREATE TABLE exchange_rate (
	id UUID NOT NULL PRIMARY KEY,
	currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	valid_from DATE NOT NULL,
	usd_micro BIGINT NOT NULL,
	source VARCHAR(20) CHARACTER SET ascii NOT NULL,
	UNIQUE KEY exchange_rate_from (currency, valid_from)
);

CREATE TABLE platform_cost (
	company_id INT UNSIGNED NOT NULL DEFAULT (CONNECTION_ID() ^ 2147483648),
	id UUID NOT NULL,
	call_id UUID NOT NULL,
	kind VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	quantity BIGINT NOT NULL,
	unit ENUM('second','message','token') NOT NULL,
	microusd BIGINT NOT NULL,
	rate_id UUID NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (company_id, id),
	UNIQUE KEY platform_cost_part (company_id, call_id, kind),
	CONSTRAINT platform_cost_call FOREIGN KEY (company_id, call_id) REFERENCES `call` (company_id, id),
	CONSTRAINT platform_cost_rate FOREIGN KEY (rate_id) REFERENCES rate (id)
);
