#include "core/idem/idem.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	ID(idem, actor_id, RO),
	TEXT(idem, key, RO, IDEM_KEY_MAX),
	BYTES(idem, request_hash, RO, 32),
	INT(idem, status, RO, 0, 599),
	TEXT(idem, location, RO, 300),
	BYTES(idem, body, RO | PERSONAL, 16777215),
};
static const struct table IDEM = TABLE(idem, "idempotency", FIELDS);

/* ---- storage ---- */

static int find(struct ctx *c, const char *key, struct idem *out)
{
	return db_one(c, &IDEM, out,
		"SELECT {cols} FROM idempotency WHERE actor_id = ? AND `key` = ?", c->actor_id,
		key);
}

/* 1 ours now; 0 somebody else's row is there. A row that another transaction
 * has just inserted is not waited for. */
static int insert(struct ctx *c, const char *key, struct bytes hash)
{
	int rc = db_exec(c,
		"SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO idempotency"
		" (actor_id, `key`, request_hash, status, body) VALUES (?, ?, ?, 0, '')",
		c->actor_id, key, hash);

	if (rc >= 0)
		return 1;
	if (err_take(c, E_DUPLICATE))
		return 0;
	if (c->err.code != E_UNAVAILABLE || !db_lock_busy(c))
		return -1;
	err_clear(c);
	c->err.retry_after = 1;
	return err_set(c, E_IDEM_RUNNING, NULL);
}

/* ---- rules ---- */

int idem_begin(struct ctx *c, const char *key, struct bytes hash, struct idem *stored)
{
	int rc = find(c, key, stored);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		rc = insert(c, key, hash);
		if (rc != 0)
			return rc;
		/* it was committed between the look and the insert */
		return err_set(c, E_IDEM_RUNNING, NULL);
	}
	if (!secret_same(stored->request_hash, hash))
		return err_set(c, E_IDEM_MISMATCH, NULL);
	return 0;
}

int idem_finish(struct ctx *c, const char *key, int status, const char *location, struct bytes body)
{
	int rc = db_exec(c,
		"UPDATE idempotency SET status = ?, location = ?, body = ?"
		" WHERE actor_id = ? AND `key` = ?",
		status, location, body, c->actor_id, key);

	if (rc == 0)
		BUG("the row of an Idempotency-Key has gone");
	return rc < 0 ? -1 : 0;
}
