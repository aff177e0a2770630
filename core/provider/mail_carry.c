/* E-mail: from whom, answers to whom, and by which of the two ways. */
#include "core/base/text.h"
#include "core/booking/booking.h"
#include "core/provider/carrier.h"
#include "core/provider/post.h"
#include "core/provider/sendgrid.h"
#include "core/sys/conf.h"
#include "core/tenant/company.h"
#include "core/tenant/integration.h"
#include "core/tenant/tenant.h"

#define PLATFORM "Frontdesk"

/* Answers go to the branch, where somebody reads them. */
static int reply_address(struct ctx *c, const struct notification *n, const char **address)
{
	struct appointment a;
	struct branch b;

	*address = NULL;
	if (n->appointment_id == NULL || n->audience != AUDIENCE_CUSTOMER)
		return 0;
	if (appointment_get(c, n->appointment_id, &a) < 0)
		return -1;
	if (branch_get(c, a.branch_id, &b) < 0)
		return -1;
	*address = b.email;
	return 0;
}

static int letter_of(struct ctx *c, const struct notification *n, struct letter *l)
{
	struct company company = {.name = PLATFORM};
	struct tenant brand = {.email_from = NULL};

	if (c->company != 0 && (company_current(c, &company) < 0 || brand_current(c, &brand) < 0))
		return -1;
	*l = (struct letter){
		.id = n->id,
		.from_name = company.name,
		.from = brand.email_from, /* bounces still come to us */
		.to = n->recipient,
		.language = n->language,
		.subject = n->subject,
		.text = n->body,
		.html = n->body_html,
		.calendar = n->calendar,
		.date = n->created_at,
	};
	return reply_address(c, n, &l->reply_to);
}

static int by_smtp(struct ctx *c, struct letter *l, struct carried *out)
{
	static const enum fate FATES[] = {
		[POST_SENT] = FATE_TAKEN, [POST_REFUSED] = FATE_REFUSED, [POST_AGAIN] = FATE_AGAIN};
	struct post p;

	if (post_letter(c, l, &p) < 0)
		return -1;
	*out = (struct carried){FATES[p.fate], "smtp", l->id, p.error, p.retry_after};
	return 0;
}

int mail_carry(struct ctx *c, const struct notification *n, struct carried *out)
{
	struct integration i;
	struct letter l;
	/* what owners are told goes by our server: theirs may be what fails */
	bool ours = c->company == 0 ||
		(n->audience == AUDIENCE_OWNER && !text_empty(c->conf->smtp_url));
	int rc = ours ? 0 : integration_find(c, PROVIDER_SENDGRID, &i);

	if (rc < 0 || letter_of(c, n, &l) < 0)
		return -1;
	return rc > 0 ? sendgrid_carry(c, &i, &l, out) : by_smtp(c, &l, out);
}
