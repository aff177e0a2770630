#include "fcgi/h_business.h"
#include "core/tenant/company.h"

int h_company(struct req *r)
{
	struct company company;

	if (company_current(&r->c, &company) < 0)
		return -1;
	return reply(r, 200, &COMPANY, &company);
}
