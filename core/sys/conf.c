#include "core/sys/conf.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include <fcntl.h>
#include <yaml.h>

#define FILE_MAX_BYTES (64 * 1024)
#define DEFAULT_PATH "/etc/frontdesk/frontdesk.yaml"
#define DEFAULT_SECRETS "/etc/frontdesk/secrets"

enum key_type { KEY_TEXT, KEY_INT, KEY_BOOL };

/* clang-format off */
#define CONF_TEXT(section, name, fallback, sentence) \
	{#section, #name, KEY_TEXT, offsetof(struct conf, section##_##name), 0, 0, fallback, 0},
#define CONF_INT(section, name, lo, hi, fallback, sentence) \
	{#section, #name, KEY_INT, offsetof(struct conf, section##_##name), lo, hi, NULL, fallback},
#define CONF_BOOL(section, name, fallback, sentence) \
	{#section, #name, KEY_BOOL, offsetof(struct conf, section##_##name), 0, 1, NULL, fallback},
/* clang-format on */
static const struct key {
	const char *section;
	const char *name;
	enum key_type type;
	size_t offset;
	int64_t lo, hi;
	const char *text;
	int64_t number;
} KEYS[] = {
#include "core/sys/conf.def"
};

/* One load: the parser, what it fills, and what it has seen. */
struct load {
	struct arena *mem;
	struct conf *conf;
	const uint8_t *text;
	yaml_parser_t parser;
	yaml_event_t event;
	bool have_event;
	bool key_seen[COUNT_OF(KEYS)];
	char sections_seen[COUNT_OF(KEYS)]; /* at a section's first key */
};

static int wrong(const struct load *l, size_t line, const char *fmt, ...) PRINTF_LIKE(3, 4);

static int wrong(const struct load *l, size_t line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%zu: ", l->conf->path, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return -1;
}

static size_t line_of(const struct load *l)
{
	return l->event.start_mark.line + 1;
}

/* ---- values ---- */

static const char *scalar_text(const struct load *l)
{
	return (const char *)l->event.data.scalar.value;
}

static bool scalar_is_plain(const struct load *l)
{
	return l->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool scalar_is_null(const struct load *l)
{
	const char *s = scalar_text(l);

	return scalar_is_plain(l) &&
		(*s == '\0' || text_same(s, "~") || text_same(s, "null") || text_same(s, "Null") ||
			text_same(s, "NULL"));
}

static bool one_line(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((uint8_t)s[i] < ' ' || s[i] == 0x7F)
			return false;
	}
	return true;
}

static int set_text(struct load *l, const struct key *k, const char *s)
{
	const char **at = (const char **)((char *)l->conf + k->offset);

	if (scalar_is_null(l))
		return wrong(l, line_of(l), "%s.%s has no value; write \"\" for empty text.",
			k->section, k->name);
	if (!one_line(s, l->event.data.scalar.length))
		return wrong(l, line_of(l), "%s.%s must be one line without control characters.",
			k->section, k->name);
	*at = mem_text(l->mem, s);
	return 0;
}

static int set_int(struct load *l, const struct key *k, const char *s)
{
	int64_t *at = (int64_t *)((char *)l->conf + k->offset);

	if (!scalar_is_plain(l) || !text_int(s, k->lo, k->hi, at))
		return wrong(l, line_of(l),
			"%s.%s must be a whole number from %" PRId64 " to %" PRId64 ".", k->section,
			k->name, k->lo, k->hi);
	return 0;
}

static int set_bool(struct load *l, const struct key *k, const char *s)
{
	bool *at = (bool *)((char *)l->conf + k->offset);

	*at = text_same(s, "true");
	if (!scalar_is_plain(l) || (!*at && !text_same(s, "false")))
		return wrong(l, line_of(l), "%s.%s must be true or false.", k->section, k->name);
	return 0;
}

static int set_value(struct load *l, const struct key *k)
{
	switch (k->type) {
	case KEY_TEXT:
		return set_text(l, k, scalar_text(l));
	case KEY_INT:
		return set_int(l, k, scalar_text(l));
	case KEY_BOOL:
		return set_bool(l, k, scalar_text(l));
	}
	BUG("a key of type %d", (int)k->type);
}

static void set_defaults(struct conf *conf)
{
	for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
		char *at = (char *)conf + KEYS[i].offset;

		switch (KEYS[i].type) {
		case KEY_TEXT:
			*(const char **)(void *)at = KEYS[i].text;
			break;
		case KEY_INT:
			*(int64_t *)(void *)at = KEYS[i].number;
			break;
		case KEY_BOOL:
			*(bool *)(void *)at = KEYS[i].number != 0;
			break;
		}
	}
}

/* ---- structure ---- */

static bool event_decorated(const yaml_event_t *e)
{
	if (e->type == YAML_SCALAR_EVENT)
		return e->data.scalar.anchor != NULL || e->data.scalar.tag != NULL;
	if (e->type == YAML_MAPPING_START_EVENT)
		return e->data.mapping_start.anchor != NULL || e->data.mapping_start.tag != NULL;
	if (e->type == YAML_DOCUMENT_START_EVENT)
		return e->data.document_start.version_directive != NULL ||
			e->data.document_start.tag_directives.start !=
			e->data.document_start.tag_directives.end;
	return e->type == YAML_ALIAS_EVENT;
}

/* For bytes that are not UTF-8 the library knows the offset only. */
static size_t problem_line(const struct load *l)
{
	size_t line = 1;

	if (l->parser.error != YAML_READER_ERROR)
		return l->parser.problem_mark.line + 1;
	for (size_t i = 0; i < l->parser.problem_offset; i++)
		line += l->text[i] == '\n';
	return line;
}

static int next(struct load *l)
{
	if (l->have_event)
		yaml_event_delete(&l->event);
	l->have_event = yaml_parser_parse(&l->parser, &l->event) == 1;
	if (!l->have_event)
		return wrong(l, problem_line(l), "This is not YAML: %s.",
			l->parser.problem != NULL ? l->parser.problem : "it cannot be read");
	if (event_decorated(&l->event))
		return wrong(l, line_of(l),
			"Anchors, aliases, tags and directives are not used here: "
			"write the value itself.");
	if (l->event.type == YAML_SCALAR_EVENT &&
		strlen(scalar_text(l)) != l->event.data.scalar.length)
		return wrong(l, line_of(l), "A NUL character cannot stand here.");
	return 0;
}

static int expect(struct load *l, yaml_event_type_t type, const char *sentence)
{
	if (next(l) < 0)
		return -1;
	return l->event.type == type ? 0 : wrong(l, line_of(l), "%s", sentence);
}

/* Index of the key, or of the section's first key when name is NULL. */
static int key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
		if (text_same(KEYS[i].section, section) &&
			(name == NULL || text_same(KEYS[i].name, name)))
			return (int)i;
	}
	return -1;
}

static int read_section(struct load *l, const char *section)
{
	while (next(l) == 0) {
		if (l->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (l->event.type != YAML_SCALAR_EVENT)
			return wrong(
				l, line_of(l), "Below %s: stand lines \"  name: value\".", section);
		int i = key_find(section, scalar_text(l));
		if (i < 0)
			return wrong(l, line_of(l), "There is no key %.60s in section %s.",
				scalar_text(l), section);
		if (l->key_seen[i])
			return wrong(l, line_of(l), "%s.%s is given twice.", section, KEYS[i].name);
		l->key_seen[i] = true;
		if (next(l) < 0)
			return -1;
		if (l->event.type != YAML_SCALAR_EVENT)
			return wrong(
				l, line_of(l), "%s.%s must be one value.", section, KEYS[i].name);
		if (set_value(l, &KEYS[i]) < 0)
			return -1;
	}
	return -1;
}

static int read_root(struct load *l)
{
	while (next(l) == 0) {
		if (l->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (l->event.type != YAML_SCALAR_EVENT)
			return wrong(l, line_of(l), "Here must stand the name of a section.");
		int i = key_find(scalar_text(l), NULL);
		if (i < 0)
			return wrong(l, line_of(l), "There is no section %.60s.", scalar_text(l));
		if (l->sections_seen[i]++)
			return wrong(l, line_of(l), "Section %s is given twice.", KEYS[i].section);
		if (next(l) < 0)
			return -1;
		if (l->event.type == YAML_SCALAR_EVENT && scalar_is_null(l))
			continue; /* every line below it is commented out */
		if (l->event.type != YAML_MAPPING_START_EVENT)
			return wrong(l, line_of(l), "Below %s: stand lines \"  name: value\".",
				KEYS[i].section);
		if (read_section(l, KEYS[i].section) < 0)
			return -1;
	}
	return -1;
}

static int read_stream(struct load *l)
{
	if (expect(l, YAML_STREAM_START_EVENT, "The file cannot be read.") < 0 || next(l) < 0)
		return -1;
	if (l->event.type == YAML_STREAM_END_EVENT)
		return 0; /* nothing but comments */
	if (expect(l, YAML_MAPPING_START_EVENT, "The file must begin with a section.") < 0 ||
		read_root(l) < 0)
		return -1;
	if (expect(l, YAML_DOCUMENT_END_EVENT, "The file must end here.") < 0)
		return -1;
	return expect(l, YAML_STREAM_END_EVENT, "A second document cannot stand here.");
}

/* ---- the file ---- */

static ssize_t file_read(const char *path, uint8_t *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t n = 0;
	ssize_t got = fd < 0 ? -1 : 1;

	while (got > 0 && n < cap) {
		got = read(fd, out + n, cap - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	return got < 0 ? -1 : (ssize_t)n;
}

static const char *path_or_default(const char *path)
{
	if (path == NULL)
		path = getenv("FRONTDESK_CONFIG");
	return text_empty(path) ? DEFAULT_PATH : path;
}

struct conf *conf_load(struct arena *mem, const char *path)
{
	struct load l = {.mem = mem};
	uint8_t text[FILE_MAX_BYTES + 1];

	l.text = text;
	l.conf = mem_alloc(mem, sizeof(*l.conf));
	l.conf->path = mem_text(mem, path_or_default(path));
	set_defaults(l.conf);
	ssize_t n = file_read(l.conf->path, text, sizeof(text));
	if (n < 0) {
		wrong(&l, 0, "The configuration cannot be read: %s.", strerror(errno));
		return NULL;
	}
	if (n > FILE_MAX_BYTES) {
		wrong(&l, 0, "The configuration is larger than 64 KiB.");
		return NULL;
	}
	if (yaml_parser_initialize(&l.parser) != 1)
		BUG("no memory for a YAML parser");
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, text, (size_t)n);
	int rc = read_stream(&l);
	if (l.have_event)
		yaml_event_delete(&l.event);
	yaml_parser_delete(&l.parser);
	return rc < 0 ? NULL : l.conf;
}

/* ---- secrets ---- */

const char *conf_secret_path(const struct conf *conf, struct arena *mem, const char *name)
{
	const char *dir = conf->server_secrets_dir;

	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL)
		BUG("no name of a secret: %s", name);
	if (!text_empty(dir))
		return mem_printf(mem, "%s/%s", dir, name);
	dir = getenv("CREDENTIALS_DIRECTORY");
	if (!text_empty(dir)) {
		const char *path = mem_printf(mem, "%s/%s", dir, name);

		if (access(path, F_OK) == 0)
			return path;
	}
	return mem_printf(mem, "%s/%s", DEFAULT_SECRETS, name);
}

const char *conf_secret(const struct conf *conf, struct arena *mem, const char *name)
{
	const char *path = conf_secret_path(conf, mem, name);
	char text[SECRET_MAX_BYTES + 1];
	ssize_t n = secret_read(path, text);

	if (n < 0)
		return NULL;
	const char *s = NULL;
	if (memchr(text, '\0', (size_t)n) == NULL)
		s = mem_text_n(mem, text, (size_t)n);
	else
		log_line("secret_file", "file", path, "error", "is not text", NULL);
	explicit_bzero(text, sizeof(text));
	return s;
}
