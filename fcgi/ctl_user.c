#include "fcgi/ctl.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/schema/admin.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/link.h"
#include "core/user/directory.h"

#define PAGE 200

const char CTL_USER_USAGE[] =
	"usage: frontdeskctl [-c FILE] user add EMAIL [--platform-admin] [--name NAME]\n"
	"       frontdeskctl [-c FILE] user list\n"
	"       frontdeskctl [-c FILE] user disable EMAIL\n"
	"       frontdeskctl [-c FILE] user enable EMAIL\n"
	"       frontdeskctl [-c FILE] user two-factor-off EMAIL\n"
	"\n"
	"add makes an account, unless the address has one, and prints a link on which its\n"
	"owner sets a password within 24 hours; hand it over safely. So the first\n"
	"administrator of an installation gets in: add --platform-admin.\n"
	"\n"
	"disable ends the sessions of an account and lets nobody in any more; what it did\n"
	"stays. two-factor-off is for somebody who has lost authenticator app and recovery\n"
	"codes: make sure that it is him.\n";

struct user_run {
	struct ctl *t;
	struct new_user in;
	const char *token;
	const char *verb;
	bool is_new;
};

/* ---- steps ---- */

static int add(struct ctx *c, void *arg)
{
	struct user_run *u = arg;
	int rc = directory_add(c, &u->in, &u->token);

	u->is_new = rc > 0;
	return rc;
}

static int change(struct ctx *c, void *arg)
{
	const struct user_run *u = arg;
	struct platform_user found;
	int rc = directory_by_email(c, u->in.email, &found);

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(c, E_NOT_FOUND, "Nobody has that address.");
	if (strcmp(u->verb, "two-factor-off") == 0)
		return directory_factor_off(c, found.id);
	return directory_disable(c, found.id, strcmp(u->verb, "disable") == 0);
}

static void print(struct ctx *c, const struct platform_user *u)
{
	printf("%s %s %s%s%s\n", u->id, ts_text(c->mem, u->created_at), u->email,
		u->is_platform_admin ? " platform-admin" : "",
		u->disabled_at.ms != 0 ? " disabled" : "");
}

static int list(struct ctx *c)
{
	struct newest page = {.n = PAGE};
	struct rows rows;
	char last[ID_LENGTH + 1];

	do {
		struct mem_mark mark = mem_mark(c->mem);

		if (directory_list(c, NULL, &page, &rows) < 0)
			return -1;
		const struct platform_user *u = rows.p;
		for (size_t i = 0; i < rows.n; i++) {
			print(c, &u[i]);
			snprintf(last, sizeof(last), "%s", u[i].id);
			page.before = u[i].created_at;
			page.before_id = last;
		}
		mem_release(c->mem, mark);
	} while (rows.n == PAGE);
	return 0;
}

/* ---- the command ---- */

static int read_options(struct user_run *u)
{
	struct ctl *t = u->t;

	if (t->argc < 2)
		return ctl_misused(t, "user what?");
	u->verb = t->argv[1];
	for (int i = 2; i < t->argc; i++) {
		const char *s = t->argv[i];
		bool is_add = strcmp(u->verb, "add") == 0;

		if (is_add && strcmp(s, "--platform-admin") == 0)
			u->in.is_platform_admin = true;
		else if (is_add && strcmp(s, "--name") == 0 && i + 1 < t->argc)
			u->in.name = t->argv[++i];
		else if (*s != '-' && u->in.email == NULL)
			u->in.email = s;
		else
			return ctl_misused(t, "user %s takes no \"%s\"", u->verb, s);
	}
	bool wants_email = strcmp(u->verb, "list") != 0;
	if (wants_email != (u->in.email != NULL))
		return ctl_misused(t, wants_email ? "whose account?" : "list takes no address");
	return CTL_OK;
}

static int run_add(struct user_run *u)
{
	struct ctl *t = u->t;
	struct ctx *c = &t->c;

	if (u->in.name != NULL &&
		(!utf8_valid(u->in.name, strlen(u->in.name)) || utf8_length(u->in.name) > 120 ||
			*u->in.name == '\0'))
		return ctl_misused(t, "a name has 1 to 120 characters");
	t->conf->link_key = link_key_load(conf_secret_path(c->conf, c->mem, "link_key"));
	if (t->conf->link_key == NULL)
		return ctl_failed(t,
			"the secret link_key cannot be read: run \"frontdeskctl "
			"secrets\"");
	if (in_tx(c, add, u) < 0)
		return c->err.n_fields > 0
			? ctl_failed(t, "%s %s", u->in.email, c->err.fields[0].message)
			: ctl_failed(t, NULL);
	printf("%s %s. To set a password within %d hours:\n%s/reset-password?token=%s\n",
		u->in.email, u->is_new ? "has an account now" : "has an account already",
		NEW_USER_HOURS, c->conf->server_public_url, u->token);
	return CTL_OK;
}

int ctl_user(struct ctl *t)
{
	static const char *const VERBS[] = {
		"add", "list", "disable", "enable", "two-factor-off", NULL};
	struct user_run u = {.t = t, .in = {.locale = "en"}};
	int rc = read_options(&u);

	if (rc != CTL_OK)
		return rc;
	if (names_find(VERBS, u.verb) < 0)
		return ctl_misused(t, "there is no \"user %s\"", u.verb);
	t->c.db = account_db(&t->c, "fd_platform");
	if (t->c.db == NULL)
		return ctl_failed(t, NULL);
	if (strcmp(u.verb, "add") == 0)
		return run_add(&u);
	if (strcmp(u.verb, "list") == 0)
		return list(&t->c) < 0 ? ctl_failed(t, NULL) : CTL_OK;
	if (in_tx(&t->c, change, &u) < 0)
		return ctl_failed(t, NULL);
	printf("%s: done\n", u.in.email);
	return CTL_OK;
}
