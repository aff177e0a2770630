#include "core/tenant/origins.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/db.h"
#include "core/tenant/settings.h"

#define ORIGIN_MAX 270 /* scheme, a host of 253 bytes, port */
#define ANY_MAX (4u << 20)

bool origin_plausible(const char *origin)
{
	size_t n = strspn(origin, "abcdefghijklmnopqrstuvwxyz0123456789.:/-");

	return n <= ORIGIN_MAX && origin[n] == '\0' &&
		(text_starts(origin, "https://") || text_starts(origin, "http://"));
}

bool origins_have(const char *list, const char *origin)
{
	size_t n = strlen(origin);

	for (const char *p = list; p != NULL && *p != '\0'; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (len == n && memcmp(p, origin, n) == 0)
			return true;
		p += len;
	}
	return false;
}

/* ---- storage ---- */

int origins_calling(struct ctx *c, const char **list)
{
	struct company_settings s;
	int rc = settings_current(c, &s);

	*list = rc < 0 ? NULL : s.cors_origins;
	return rc;
}

int origins_framing(struct ctx *c, const char **list)
{
	struct company_settings s;
	int rc = settings_current(c, &s);

	*list = rc < 0 ? NULL : s.frame_origins;
	return rc;
}

struct origin_list {
	const char *cors_origins;
};

static const struct field FIELDS[] = {
	TEXT(origin_list, cors_origins, RO | JOINED, 2000),
};
static const struct table ORIGIN_LIST = TABLE(origin_list, "origin_list", FIELDS);

int origins_calling_any(struct ctx *c, const char **list)
{
	struct buf b = buf_new(c->mem, ANY_MAX);
	struct rows rows;

	*list = NULL;
	if (db_rows(c, &ORIGIN_LIST, &rows, "CALL sys_origins()") < 0)
		return -1;
	const struct origin_list *all = rows.p;
	for (size_t i = 0; i < rows.n; i++)
		buf_printf(&b, " %s", all[i].cors_origins);
	*list = buf_text(&b);
	return 0;
}
