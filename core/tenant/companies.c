#include "core/tenant/companies.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	INT(some_company, company_number, RO | JOINED | HIDDEN, 1, UINT32_MAX),
	ID(some_company, company_id, RO | JOINED),
	TEXT(some_company, slug, RO | JOINED, 63),
};
const struct table SOME_COMPANY = TABLE(some_company, "some_company", FIELDS);

int companies_after(struct ctx *c, int64_t company_number, struct rows *out)
{
	return db_rows(
		c, &SOME_COMPANY, out, "CALL sys_companies(?, ?)", company_number, COMPANIES_PAGE);
}
