#include "core/notify/shipped.h"
#include "core/base/text.h"
#include "core/sys/conf.h"
#include "core/sys/locale.h"

#include <dirent.h>
#include <fcntl.h>

#define TEXTS_MAX 4000
#define ARENA_MAX (16u << 20)
#define SUBJECT "Subject: "

/* Of the process: the files do not change under it. */
static struct arena *kept;
static struct shipped *texts;
static size_t texts_n;

/* ---- files ---- */

static int unreadable(struct ctx *c, const char *path, const char *why)
{
	return err_set(
		c, E_INTERNAL, "%s cannot be read: %s. Set server.templates_dir.", path, why);
}

static int read_text(struct ctx *c, const char *path, char **out)
{
	char *p = mem_alloc(c->mem, MESSAGE_PATTERN_MAX + 2);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : read(fd, p, MESSAGE_PATTERN_MAX + 1);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return unreadable(c, path, strerror(why));
	if (n > MESSAGE_PATTERN_MAX || !utf8_valid(p, (size_t)n))
		return unreadable(c, path, "it is too long, or no UTF-8 text");
	while (n > 0 && p[n - 1] == '\n')
		n--;
	*out = mem_text_n(kept, p, (size_t)n);
	return 0;
}

static void part(char *text, struct shipped *s)
{
	char *end = text_starts(text, SUBJECT) ? strstr(text, "\n\n") : NULL;

	s->body = text;
	if (end == NULL)
		return;
	*end = '\0';
	s->subject = text + strlen(SUBJECT);
	s->body = end + 2;
}

static int add_file(struct ctx *c, const char *folder, const char *language, const char *name)
{
	size_t n = strlen(name);
	char *text;

	if (*name == '.' || n <= 4 || strcmp(name + n - 4, ".txt") != 0)
		return 0;
	if (texts_n == TEXTS_MAX)
		return unreadable(c, folder, "there are too many texts");
	if (read_text(c, mem_printf(c->mem, "%s/%s", folder, name), &text) < 0)
		return -1;
	struct shipped *s = &texts[texts_n++];
	s->language = mem_text(kept, language);
	s->file = mem_text_n(kept, name, n - 4);
	part(text, s);
	return 0;
}

static int add_language(struct ctx *c, const char *language)
{
	const char *folder = mem_printf(c->mem, "%s/%s", c->conf->server_templates_dir, language);
	DIR *dir = opendir(folder);
	int rc = 0;

	if (dir == NULL)
		return unreadable(c, folder, strerror(errno));
	for (struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir))
		rc = add_file(c, folder, language, e->d_name);
	closedir(dir);
	return rc;
}

static int load(struct ctx *c)
{
	const char *folder = c->conf->server_templates_dir;
	DIR *dir = opendir(folder);
	int rc = 0;

	if (dir == NULL)
		return unreadable(c, folder, strerror(errno));
	kept = kept == NULL ? arena_new(ARENA_MAX) : kept;
	texts = mem_alloc(kept, TEXTS_MAX * sizeof(*texts));
	for (struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir)) {
		if (*e->d_name != '.' && locale_valid(e->d_name))
			rc = add_language(c, e->d_name);
	}
	closedir(dir);
	if (rc == 0 && texts_n == 0)
		rc = unreadable(c, folder, "there are no texts in it");
	if (rc < 0) {
		arena_delete(kept);
		kept = NULL;
		texts_n = 0;
	}
	return rc;
}

/* ---- finding ---- */

int shipped_all(struct ctx *c, struct rows *out)
{
	if (texts_n == 0 && load(c) < 0)
		return -1;
	*out = (struct rows){texts, texts_n};
	return 0;
}

static const struct shipped *find(const char *file, const char *language)
{
	for (size_t i = 0; i < texts_n; i++) {
		if (strcasecmp(texts[i].language, language) == 0 &&
			strcmp(texts[i].file, file) == 0)
			return &texts[i];
	}
	return NULL;
}

int shipped_find(struct ctx *c, const char *name, enum channel channel, const char *language,
	const struct shipped **out)
{
	struct rows all;

	if (shipped_all(c, &all) < 0)
		return -1;
	*out = find(mem_printf(c->mem, "%s.%s", name, CHANNELS[channel]), language);
	if (*out == NULL)
		*out = find(name, language);
	return *out != NULL;
}
