#include "fcgi/in_retell.h"
#include "core/provider/retell.h"

#define HOOK_MAX 64

static int receive(struct req *r, const char *hook)
{
	struct inbox_event stored;

	if (retell_receive(&r->c, hook, req_header(r, "x-retell-signature"), r->body, &stored) < 0)
		return -1;
	r->c.wake = true;
	return reply_empty(r, 204);
}

int in_retell_hook(struct req *r)
{
	if (strlen(r->ids[0]) > HOOK_MAX)
		return err_set(&r->c, E_BAD_SIGNATURE, NULL);
	return receive(r, r->ids[0]);
}

int in_retell_platform(struct req *r)
{
	return receive(r, NULL);
}
