#include "core/base/id.h"
#include "core/base/text.h"
#include "core/live/live.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"

#define RANDOM_BYTES (LIVE_TICKET_LENGTH / 4 * 3)

static const struct field FIELDS[] = {
	ID(live_pass, session_id, RO),
	ID(live_pass, company_id, RO),
};
static const struct table LIVE_PASS = TABLE(live_pass, "live_ticket", FIELDS);

static struct bytes hash_of(struct ctx *c, const char *ticket)
{
	uint8_t *hash = mem_alloc(c->mem, SHA256_SIZE);

	sha256((struct bytes){(const uint8_t *)ticket, strlen(ticket)}, hash);
	return (struct bytes){hash, SHA256_SIZE};
}

int live_ticket_make(struct ctx *c, const char *session_id, const char **ticket)
{
	uint8_t bytes[RANDOM_BYTES];

	random_bytes(bytes, sizeof(bytes));
	char *t = mem_text(c->mem, base64_encode(c->mem, (struct bytes){bytes, sizeof(bytes)}));
	for (char *p = t; *p != '\0'; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	*ticket = t;
	return db_exec(c, "CALL sys_live_ticket_add(?, ?, ?, ?)", hash_of(c, t), session_id,
		       c->company_id, LIVE_TICKET_S) < 0
		? -1
		: 0;
}

int live_ticket_use(struct ctx *c, const char *ticket, struct live_pass *out)
{
	if (strlen(ticket) != LIVE_TICKET_LENGTH)
		return 0;
	return db_one(c, &LIVE_PASS, out, "CALL sys_live_ticket_use(?)", hash_of(c, ticket));
}
