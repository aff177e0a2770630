#include "fcgi/ctl.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/schema/admin.h"
#include "core/schema/cells.h"
#include "core/schema/rings.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"

#include <sys/stat.h>

#define TOKEN_KEYS 2
/* As long as a request or job may last that sealed a cell before the newest
 * key was there, and has not written it yet. */
#define SETTLED_SECONDS 180

const char CTL_KEYS_USAGE[] =
	"usage: frontdeskctl [-c FILE] keys list\n"
	"       frontdeskctl [-c FILE] keys rotate\n"
	"       frontdeskctl [-c FILE] keys drop ID\n"
	"       frontdeskctl [-c FILE] keys rotate jwt\n"
	"\n"
	"list shows the keys of the two rings, and how many sealed cells need each.\n"
	"\n"
	"rotate adds a key to the keyring and seals every cell of the database with it,\n"
	"while everything is at work: the programs look into the file when they meet a\n"
	"key that they do not know. A run that was interrupted is run again and goes on;\n"
	"only when no cell needs an older key does another run add a key.\n"
	"\n"
	"drop takes an older key out of the keyring, when no cell needs it any more and\n"
	"the newest is at least three minutes old. Backups made before still need it:\n"
	"keep a copy of the keyring with them.\n"
	"\n"
	"rotate jwt adds a key for access tokens, and drops all but the newest two. With\n"
	"the newest is signed from then on; tokens of the other hold until they end, at\n"
	"most 15 minutes later. Two runs within that time end what is in use.\n"
	"\n"
	"Connects as migrate does; owner and mode of the files stay as they are.\n";

struct keys_run {
	struct ctl *t;
	const char *path; /* of the keyring */
	struct keyring *ring;
	struct rows counts; /* of struct cell_count */
};

/* ---- what is known ---- */

static int64_t cells_of(const struct keys_run *u, uint32_t id)
{
	const struct cell_count *k = u->counts.p;

	for (size_t i = 0; i < u->counts.n; i++) {
		if (k[i].key_id == id)
			return k[i].cells;
	}
	return 0;
}

static int64_t cells_of_others(const struct keys_run *u, uint32_t newest)
{
	const struct cell_count *k = u->counts.p;
	int64_t n = 0;

	for (size_t i = 0; i < u->counts.n; i++)
		n += k[i].key_id == newest ? 0 : k[i].cells;
	return n;
}

static int look(struct keys_run *u)
{
	struct ctx *c = &u->t->c;

	if (u->ring == NULL) {
		u->path = conf_secret_path(c->conf, c->mem, "keyring");
		u->ring = keyring_load(u->path);
	}
	if (u->ring == NULL)
		return ctl_failed(u->t, "%s is no keyring: see the log line above.", u->path);
	return cells_count(c, &u->counts) < 0 ? ctl_failed(u->t, NULL) : CTL_OK;
}

/* ---- the record ---- */

static int write_note(struct ctx *c, void *note)
{
	return audit_note(c, "keys.change", "keyring", NULL, note);
}

/* In the platform's log, by an account that may write there. */
static int record(struct ctl *t, const char *note)
{
	struct ctx c = t->c;
	int rc = -1;

	c.company = 0;
	c.db = account_db(&c, "fd_worker");
	if (c.db != NULL)
		rc = in_tx(&c, write_note, (void *)(uintptr_t)note);
	db_delete(c.db);
	t->c.err = c.err;
	return rc < 0 ? ctl_failed(t, NULL) : CTL_OK;
}

/* ---- commands ---- */

static int list_keys(struct keys_run *u)
{
	const struct keyring_key *k;
	struct ctx *c = &u->t->c;
	const char *path = conf_secret_path(c->conf, c->mem, "jwt_key");
	struct keyring *tokens;

	if (look(u) != CTL_OK)
		return CTL_FAILED;
	printf("%s seals cells\n", u->path);
	for (size_t i = 0; (k = keyring_at(u->ring, i)) != NULL; i++)
		printf("  key %" PRIu32 ": %" PRId64 " cells%s\n", k->id, cells_of(u, k->id),
			keyring_at(u->ring, i + 1) == NULL ? ", the newest" : "");
	const struct cell_count *n = u->counts.p;
	for (size_t i = 0; i < u->counts.n; i++) {
		if (keyring_find(u->ring, (uint32_t)n[i].key_id) == NULL)
			printf("  key %" PRId64 " is missing: %" PRId64 " cells need it\n",
				n[i].key_id, n[i].cells);
	}
	tokens = keyring_load(path);
	if (tokens == NULL)
		return ctl_failed(u->t, "%s is no keyring: see the log line above.", path);
	printf("%s signs access tokens\n", path);
	for (size_t i = 0; (k = keyring_at(tokens, i)) != NULL; i++)
		printf("  key %" PRIu32 "%s\n", k->id,
			keyring_at(tokens, i + 1) == NULL ? ", the newest" : "");
	keyring_delete(tokens);
	return CTL_OK;
}

/* Every cell once; a line a batch. */
static int seal_all(struct keys_run *u, struct reseal *r)
{
	struct ctx *c = &u->t->c;
	int rc = 1;

	*r = (struct reseal){0};
	while (rc > 0) {
		const struct sealed_column *k = &SEALED_COLUMNS[r->column];
		struct mem_mark mark = mem_mark(c->mem);
		int64_t before = r->sealed;

		rc = cells_reseal(c, u->ring, r);
		if (rc >= 0)
			mem_release(c->mem, mark);
		if (r->sealed > before)
			printf("%" PRId64 " cells sealed, now of %s.%s\n", r->sealed, k->table,
				k->column);
		fflush(stdout);
	}
	return rc < 0 ? ctl_failed(u->t, NULL) : CTL_OK;
}

static int add_key(struct keys_run *u, uint32_t *newest)
{
	struct ctl *t = u->t;

	if (ring_add(&t->c, u->path, 0, newest) < 0)
		return ctl_failed(t, NULL);
	printf("added key %" PRIu32 " to %s\n", *newest, u->path);
	return record(
		t, mem_printf(t->c.mem, "Key %" PRIu32 " was added to the keyring.", *newest));
}

/* What an interrupted run has left; without that a new key. */
static int begin(struct keys_run *u, struct reseal *r)
{
	uint32_t newest = keyring_newest(u->ring)->id;

	*r = (struct reseal){0};
	if (cells_of_others(u, newest) > 0) {
		printf("going on with key %" PRIu32 "\n", newest);
		if (seal_all(u, r) != CTL_OK)
			return CTL_FAILED;
	}
	if (r->sealed > 0)
		return CTL_OK;
	return add_key(u, &newest) != CTL_OK ? CTL_FAILED : seal_all(u, r);
}

/* Cells that somebody was about to write with an older key come meanwhile: once
 * more, until there is none. */
static int rotate(struct keys_run *u)
{
	struct reseal r;

	if (look(u) != CTL_OK || begin(u, &r) != CTL_OK || look(u) != CTL_OK)
		return CTL_FAILED;
	uint32_t newest = keyring_newest(u->ring)->id;
	while (cells_of_others(u, newest) > r.unopened) {
		if (seal_all(u, &r) != CTL_OK || look(u) != CTL_OK)
			return CTL_FAILED;
	}
	if (r.unopened > 0)
		return ctl_failed(u->t,
			"%" PRId64 " cells do not open and stay as they are: the log lines above "
			"name them.",
			r.unopened);
	printf("all %" PRId64 " cells have key %" PRIu32 "; older keys can be dropped\n",
		cells_of(u, newest), newest);
	return CTL_OK;
}

static int rotate_tokens(struct ctl *t)
{
	const char *path = conf_secret_path(t->c.conf, t->c.mem, "jwt_key");
	uint32_t id;

	if (ring_add(&t->c, path, TOKEN_KEYS - 1, &id) < 0)
		return ctl_failed(t, NULL);
	printf("added key %" PRIu32 " to %s; the newest %d are kept\n", id, path, TOKEN_KEYS);
	return record(t,
		mem_printf(t->c.mem, "Key %" PRIu32 " was added to those of access tokens.", id));
}

static int drop(struct keys_run *u, const char *which)
{
	struct ctl *t = u->t;
	struct stat st;
	int64_t id;

	if (!text_int(which, 1, UINT32_MAX, &id))
		return ctl_misused(t, "\"%s\" is not the number of a key", which);
	if (look(u) != CTL_OK)
		return CTL_FAILED;
	if (cells_of(u, (uint32_t)id) > 0)
		return ctl_failed(t,
			"%" PRId64 " cells need key %" PRId64
			": run \"frontdeskctl keys rotate\" first.",
			cells_of(u, (uint32_t)id), id);
	if (stat(u->path, &st) < 0 || ts_now().ms / 1000 - st.st_mtime < SETTLED_SECONDS)
		return ctl_failed(t,
			"The keyring was changed less than %d seconds ago: somebody may still be "
			"writing a cell with an older key. Try again then.",
			SETTLED_SECONDS);
	if (ring_drop(&t->c, u->path, (uint32_t)id) < 0)
		return ctl_failed(t, NULL);
	printf("dropped key %" PRId64 " from %s\n", id, u->path);
	return record(t, mem_printf(t->c.mem, "Key %" PRId64 " was dropped from the keyring.", id));
}

int ctl_keys(struct ctl *t)
{
	struct keys_run u = {.t = t};
	const char *what = t->argc > 1 ? t->argv[1] : "";
	const char *which = t->argc > 2 ? t->argv[2] : NULL;
	int rc;

	if (t->argc > 3)
		return ctl_misused(t, "keys takes no \"%s\"", t->argv[3]);
	if (strcmp(what, "list") == 0 && which == NULL)
		rc = list_keys(&u);
	else if (strcmp(what, "rotate") == 0 && which == NULL)
		rc = rotate(&u);
	else if (strcmp(what, "rotate") == 0 && strcmp(which, "jwt") == 0)
		rc = rotate_tokens(t);
	else if (strcmp(what, "drop") == 0 && which != NULL)
		rc = drop(&u, which);
	else
		return ctl_misused(t, "keys wants list, rotate, rotate jwt or drop ID");
	keyring_delete(u.ring);
	return rc;
}
