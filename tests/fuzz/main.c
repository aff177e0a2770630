#define BANNED_ALLOW_ALLOC
#include "tests/fuzz/fuzz.h"
#include "core/base/log.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/keyring.h"
#include "core/sys/link.h"

#include <fcntl.h>
#include <sys/stat.h>

#define ARENA_MAX (128u << 20)
#define KEYS                                                                   \
	"1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n" \
	"7 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n"
#define LINK_KEY "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\n"

static const struct target {
	const char *name;
	void (*fn)(struct ctx *c, struct bytes in);
} TARGETS[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "tests/fuzz/targets.def"
#undef TARGET
};

static const struct target *target;
static struct arena *mem;
static struct conf conf;
static struct db *db;
static char folder[] = "/dev/shm/fd-fuzz-XXXXXX";

/* ---- instead of core/base/log.c ---- */

void log_name(const char *program)
{
	(void)program;
}

void log_trace(const char *trace_id)
{
	(void)trace_id;
}

void log_line(const char *what, ...)
{
	(void)what;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "BUG %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* ---- what targets need ---- */

uint8_t fuzz_byte(struct bytes *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

const char *fuzz_text(struct ctx *c, struct bytes in)
{
	return mem_text_n(
		c->mem, (const char *)in.p, in.n == 0 ? 0 : strnlen((const char *)in.p, in.n));
}

const char *fuzz_line(struct ctx *c, struct bytes *in)
{
	const uint8_t *end = in->n == 0 ? NULL : memchr(in->p, '\n', in->n);
	struct bytes line = {in->p, end == NULL ? in->n : (size_t)(end - in->p)};

	in->p += line.n + (end != NULL);
	in->n -= line.n + (end != NULL);
	return fuzz_text(c, line);
}

const struct route *fuzz_pick(struct bytes *in, bool (*fits)(const struct route *k))
{
	size_t wanted = fuzz_byte(in), n = 0;

	for (size_t i = 0; i < ROUTES_COUNT; i++)
		n += fits(&ROUTES[i]);
	if (n == 0)
		BUG("no route fits");
	wanted %= n;
	for (size_t i = 0;; i++) {
		if (fits(&ROUTES[i]) && wanted-- == 0)
			return &ROUTES[i];
	}
}

static const char *path_of(const char *name)
{
	static char path[sizeof(folder) + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static const char *write_file(const char *name, struct bytes content)
{
	const char *path = path_of(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, content.p, content.n) != (ssize_t)content.n)
		BUG("%s cannot be written", path);
	close(fd);
	return path;
}

const char *fuzz_file(struct bytes content)
{
	return write_file("input", content);
}

static void clean_up(void)
{
	static const char *const FILES[] = {"input", "ring", "link"};

	for (size_t i = 0; i < COUNT_OF(FILES); i++)
		unlink(path_of(FILES[i]));
	rmdir(folder);
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

/* ---- libFuzzer's two ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');
	const char *name = slash == NULL ? (*argv)[0] : slash + 1;
	static const struct db_address nowhere = {
		.socket = "/nonexistent/frontdesk", .user = "u", .password = "p", .schema = "s"};

	(void)argc;
	for (size_t i = 0; i < COUNT_OF(TARGETS); i++) {
		if (text_starts(name, "fuzz_") && text_same(name + 5, TARGETS[i].name))
			target = &TARGETS[i];
	}
	if (target == NULL)
		BUG("%s is no target: see tests/fuzz/targets.def", name);
	if (mkdtemp(folder) == NULL)
		BUG("no folder for files");
	atexit(clean_up);
	route_check();
	http_init();
	mem = arena_new(ARENA_MAX);
	db = db_new(&nowhere);
	conf.server_public_url = "https://desk.example";
	conf.limits_factor = 1;
	conf.webhooks_allow = "";
	conf.keyring = keyring_load(write_file("ring", bytes_of(KEYS)));
	conf.token_keys = keyring_load(path_of("ring"));
	conf.link_key = link_key_load(write_file("link", bytes_of(LINK_KEY)));
	if (conf.keyring == NULL || conf.token_keys == NULL || conf.link_key == NULL)
		BUG("the keys cannot be read");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ctx c = {
		.mem = mem, .conf = &conf, .db = db, .now = {FUZZ_NOW}, .request_id = "fuzz"};

	target->fn(&c, (struct bytes){p, n});
	arena_reset(mem);
	return 0;
}
