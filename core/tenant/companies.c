#include "core/tenant/companies.h"
#include "core/sys/db.h"

static const struct field FIELDS[] = {
	INT(some_company, company_number, RO | JOINED | HIDDEN, 1, UINT32_MAX),
	ID(some_company, company_id, RO | JOINED),
	TEXT(some_company, slug, RO | JOINED, 63),
};
const struct table SOME_COMPANY = TABLE(some_company, "some_company", FIELDS);

#define PAGE 200

static int read_page(struct ctx *c, struct companies *w)
{
	c->company = 0;
	c->company_id = NULL;
	w->at = 0;
	if (db_rows(c, &SOME_COMPANY, &w->page, "CALL sys_companies(?, ?)", w->last, PAGE) < 0)
		return -1;
	w->all_read = w->page.n < PAGE;
	return 0;
}

int companies_next(struct ctx *c, struct companies *w, struct some_company *out)
{
	if (w->at == w->page.n && !w->all_read && read_page(c, w) < 0)
		return -1;
	if (w->at == w->page.n) {
		c->company = 0;
		c->company_id = NULL;
		return 0;
	}
	*out = ((const struct some_company *)w->page.p)[w->at++];
	w->last = out->company_number;
	c->company = (uint32_t)out->company_number;
	c->company_id = out->company_id;
	return 1;
}
