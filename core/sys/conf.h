/*
 * conf.h - the configuration file (YAML, libyaml inside).
 *
 * core/sys/conf.def declares every key: section, name, type, default and a
 * sentence; the shipped systemd/frontdesk.yaml and the README are checked
 * against it. An unknown key, a key given twice, a wrong type, an anchor or
 * alias stops the boot with file and line. Secrets are not in it: they are
 * files of secrets_dir.
 */
#ifndef FRONTDESK_CONF_H
#define FRONTDESK_CONF_H

#include "core/base/arena.h"

#define CONF_TEXT(section, name, fallback, sentence) const char *section##_##name;
#define CONF_INT(section, name, lo, hi, fallback, sentence) int64_t section##_##name;
#define CONF_BOOL(section, name, fallback, sentence) bool section##_##name;
struct conf {
#include "core/sys/conf.def"
	const char *path; /* where it was read from */
	/* Loaded by the program after conf_load, where it needs them. */
	struct keyring *keyring;    /* of cells */
	struct keyring *token_keys; /* of access tokens */
	struct link_key *link_key;
	struct meter *meter;     /* NULL: nothing is counted */
	struct metrics *metrics; /* the same */
};
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL

/*
 * path NULL: $FRONTDESK_CONFIG, then /etc/frontdesk/frontdesk.yaml. NULL
 * after a message on stderr of the form "FILE:LINE: what is wrong"; programs
 * then exit with 78 (EX_CONFIG). Everything is copied into mem.
 */
struct conf *conf_load(struct arena *mem, const char *path);

/* The content of a file in the secrets directory without its final newline;
 * NULL after a log line when it is missing, empty, larger than 64 KiB, or
 * readable by others. */
const char *conf_secret(const struct conf *conf, struct arena *mem, const char *name);
/* The path of such a file: in server.secrets_dir, or where that is not given
 * among the credentials of the unit, if it is one of these. */
const char *conf_secret_path(const struct conf *conf, struct arena *mem, const char *name);

#endif
