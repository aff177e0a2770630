#include "fcgi/route.h"
#include "core/base/id.h"
#include "core/base/text.h"

#define SEGMENT_MAX 128

/* One path segment against one of a pattern; a {…} takes it as an id. */
static bool segment_matches(struct req *r, const char *p, size_t pn, const char *s, size_t sn)
{
	if (*p != '{')
		return pn == sn && memcmp(p, s, sn) == 0;
	if (sn == 0 || sn > SEGMENT_MAX || r->n_ids == PATH_IDS_MAX)
		return false;
	r->ids[r->n_ids++] = mem_text_n(r->c.mem, s, sn);
	return true;
}

static bool path_matches(struct req *r, const char *pattern)
{
	const char *p = pattern, *s = r->path;

	r->n_ids = 0;
	while (*p == '/' && *s == '/') {
		size_t pn = strcspn(++p, "/");
		size_t sn = strcspn(++s, "/");

		if (!segment_matches(r, p, pn, s, sn))
			return false;
		p += pn;
		s += sn;
	}
	return *p == '\0' && *s == '\0';
}

/* {id} is always a UUID, in lower case from here on; other names are checked by
 * their handlers. */
static bool ids_valid(struct req *r, const char *pattern)
{
	int i = 0;

	for (const char *p = strchr(pattern, '{'); p != NULL; p = strchr(p + 1, '{'), i++) {
		if (strncmp(p, "{id}", 4) != 0)
			continue;
		if (!id_valid(r->ids[i]))
			return false;
		r->ids[i] = text_lower(r->c.mem, r->ids[i]);
	}
	return true;
}

int route_find(struct req *r)
{
	bool path_known = false;

	for (size_t i = 0; i < ROUTES_COUNT; i++) {
		if (!path_matches(r, ROUTES[i].path))
			continue;
		path_known = true;
		if (strcmp(ROUTES[i].method, r->method) != 0)
			continue;
		r->route = &ROUTES[i];
		return 0;
	}
	if (text_starts(r->path, "/api/v1/"))
		return err_set(&r->c, E_GONE, NULL);
	return err_set(&r->c, path_known ? E_METHOD : E_NOT_FOUND, NULL);
}

/* The GET of one object at the first n characters of a path. */
static const struct route *get_at(const char *path, size_t n)
{
	for (size_t i = 0; i < ROUTES_COUNT; i++) {
		const struct route *k = &ROUTES[i];

		if (k->shape == SHAPE_ONE && strcmp(k->method, "GET") == 0 &&
			strlen(k->path) == n && strncmp(k->path, path, n) == 0)
			return k;
	}
	return NULL;
}

const struct route *route_object(const struct route *k)
{
	size_t n = strlen(k->path);
	const struct route *found = get_at(k->path, n);

	for (; n > 0 && found == NULL; n--) {
		if (k->path[n - 1] == '}')
			found = get_at(k->path, n);
	}
	return found;
}

int route_ids(const struct route *k)
{
	int n = 0;

	for (const char *p = k->path; *p != '\0'; p++)
		n += *p == '{';
	return n;
}

int route_ids_check(struct req *r)
{
	return ids_valid(r, r->route->path) ? 0 : err_set(&r->c, E_NOT_FOUND, NULL);
}

static void check_one(const struct route *k)
{
	bool needs = k->auth == AUTH_COMPANY || k->auth == AUTH_PLATFORM;

	if (k->handler == NULL || k->summary == NULL || *k->path != '/')
		BUG("route %s %s is not complete", k->method, k->path);
	if ((k->perm != PERM_NONE) != needs)
		BUG("route %s %s needs a right exactly if it is for a company or the platform",
			k->method, k->path);
	if ((strstr(k->path, "/platform/") != NULL) != (k->auth == AUTH_PLATFORM))
		BUG("route %s %s: the platform is under /platform/", k->method, k->path);
	if (k->auth == AUTH_PUBLIC && strstr(k->path, "{slug}") == NULL &&
		strstr(k->path, "{manage_token}") == NULL &&
		strstr(k->path, "{offer_token}") == NULL && strstr(k->path, "{feed_token}") == NULL)
		BUG("route %s %s names no company", k->method, k->path);
	if ((k->shape == SHAPE_NONE && strcmp(k->method, "DELETE") != 0) != (k->out == NULL))
		BUG("route %s %s: shape and out table differ", k->method, k->path);
	if (strcmp(k->method, "GET") == 0 && (k->in != NULL || k->tx == TX_WRITE))
		BUG("route %s %s: a GET changes nothing", k->method, k->path);
	if (k->shape == SHAPE_LIST && k->status != 200)
		BUG("route %s %s: a list is 200", k->method, k->path);
	if (k->parent != NULL && strstr(k->path, "{id}/") == NULL)
		BUG("route %s %s names no parent", k->method, k->path);
}

void route_check(void)
{
	for (size_t i = 0; i < ROUTES_COUNT; i++) {
		check_one(&ROUTES[i]);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(ROUTES[i].path, ROUTES[j].path) == 0 &&
				strcmp(ROUTES[i].method, ROUTES[j].method) == 0)
				BUG("route %s %s stands twice", ROUTES[i].method, ROUTES[i].path);
		}
	}
}
