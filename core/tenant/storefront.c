#include "core/tenant/storefront.h"
#include "core/sys/db.h"
#include "core/tenant/slug.h"

static const struct field FIELDS[] = {
	INT(storefront, company_number, RO | JOINED | HIDDEN, 1, UINT32_MAX),
	ID(storefront, company_id, RO | JOINED),
	BOOL(storefront, public_booking, RO | JOINED),
};
static const struct table STOREFRONT = TABLE(storefront, "storefront", FIELDS);

/* What comes from an address may be anything; the column takes ASCII only. */
int storefront_by_slug(struct ctx *c, const char *slug, struct storefront *out)
{
	if (!slug_valid(slug))
		return 0;
	return db_one(c, &STOREFRONT, out, "CALL sys_storefront(?, NULL)", slug);
}

int storefront_by_id(struct ctx *c, const char *company_id, struct storefront *out)
{
	return db_one(c, &STOREFRONT, out, "CALL sys_storefront(NULL, ?)", company_id);
}
