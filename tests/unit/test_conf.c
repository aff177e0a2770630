#include "core/sys/conf.h"
#include "tests/unit/unit.h"
#include <signal.h>

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(4 * 1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

static struct conf *load(const char *text, const char **said)
{
	const char *path = unit_text_file("frontdesk.yaml", text);

	unit_hush();
	struct conf *conf = conf_load(mem, path);
	*said = mem_text(mem, unit_said());
	return conf;
}

START_TEST(what_is_not_given_has_its_default)
{
	static const char *const EMPTY[] = {
		"", "# nothing\n", "server:\n", "server:\n#  sandbox: true\nlimits: ~\n", "{}\n"};
	const char *said;

	for (size_t i = 0; i < COUNT_OF(EMPTY); i++) {
		struct conf *conf = load(EMPTY[i], &said);

		ck_assert_msg(conf != NULL, "%s", said);
		ck_assert_str_eq(said, "");
		ck_assert_str_eq(conf->server_public_url, "http://localhost:8080");
		ck_assert_int_eq(conf->database_port, 3306);
		ck_assert(!conf->server_sandbox);
		ck_assert_ptr_null(conf->keyring);
	}
}
END_TEST

START_TEST(what_is_given_is_taken)
{
	const char *said;
	struct conf *conf = load("server:\n"
				 "  public_url: https://desk.example  # comment\n"
				 "  sandbox: true\n"
				 "  run_dir: \"\"\n"
				 "database:\n"
				 "  port: 65535\n"
				 "  host: 'db: one'\n"
				 "smtp: {from: \"B\xC3\xA4r <b@example.org>\"}\n",
		&said);

	ck_assert_msg(conf != NULL, "%s", said);
	ck_assert_str_eq(conf->server_public_url, "https://desk.example");
	ck_assert(conf->server_sandbox);
	ck_assert_str_eq(conf->server_run_dir, "");
	ck_assert_int_eq(conf->database_port, 65535);
	ck_assert_str_eq(conf->database_host, "db: one");
	ck_assert_str_eq(conf->smtp_from, "B\xC3\xA4r <b@example.org>");
	ck_assert_ptr_nonnull(strstr(conf->path, "/frontdesk.yaml"));
}
END_TEST

static const struct {
	const char *text;
	int line;
	const char *said;
} WRONG[] = {
	{"server:\n  sandbx: true\n", 2, "There is no key sandbx in section server."},
	{"# c\n\nservers:\n  sandbox: true\n", 3, "There is no section servers."},
	{"Server:\n  sandbox: true\n", 1, "There is no section Server."},
	{"server:\n  sandbox: true\n  sandbox: false\n", 3, "server.sandbox is given twice."},
	{"server:\n  sandbox: true\nserver:\n", 3, "Section server is given twice."},
	{"server:\nlimits:\nserver:\n", 3, "Section server is given twice."},
	{"server:\n  sandbox: yes\n", 2, "server.sandbox must be true or false."},
	{"server:\n  sandbox: True\n", 2, "server.sandbox must be true or false."},
	{"server:\n  sandbox: \"true\"\n", 2, "server.sandbox must be true or false."},
	{"server:\n  sandbox:\n", 2, "server.sandbox must be true or false."},
	{"database:\n  port: 0\n", 2, "database.port must be a whole number from 1 to 65535."},
	{"database:\n  port: 65536\n", 2, "from 1 to 65535"},
	{"database:\n  port: \"3306\"\n", 2, "from 1 to 65535"},
	{"database:\n  port: 3306.0\n", 2, "from 1 to 65535"},
	{"database:\n  port: 0x10\n", 2, "from 1 to 65535"},
	{"database:\n  port: 1_000\n", 2, "from 1 to 65535"},
	{"database:\n  port: 99999999999999999999\n", 2, "from 1 to 65535"},
	{"database:\n  port: [1]\n", 2, "database.port must be one value."},
	{"database:\n  host:\n", 2, "database.host has no value; write \"\" for empty text."},
	{"database:\n  host: null\n", 2, "database.host has no value"},
	{"database:\n  host: |\n    a\n    b\n", 2, "one line without control characters"},
	{"database:\n  host: \"a\\nb\"\n", 2, "one line without control characters"},
	{"database:\n  host: \"a\\0b\"\n", 2, "A NUL character cannot stand here."},
	{"database:\n  host:\n    deeper: 1\n", 3, "database.host must be one value."},
	{"database:\n  ? [a]\n  : b\n", 2, "Below database: stand lines"},
	{"database: socket\n", 1, "Below database: stand lines"},
	{"database:\n  - host\n", 2, "Below database: stand lines"},
	{"- server\n", 1, "The file must begin with a section."},
	{"hello\n", 1, "The file must begin with a section."},
	{"? {a: b}\n: c\n", 1, "Here must stand the name of a section."},
	{"server: &a\n  sandbox: true\n", 1, "Anchors, aliases, tags"},
	{"server:\n  run_dir: &d /run\n", 2, "Anchors, aliases, tags"},
	{"server:\n  run_dir: /run\n  sql_dir: *d\n", 3, "Anchors, aliases, tags"},
	{"server:\n  <<: *d\n", 2, "There is no key << in section server."},
	{"server:\n  run_dir: !!str /run\n", 2, "Anchors, aliases, tags"},
	{"server: !!map\n  run_dir: /run\n", 1, "Anchors, aliases, tags"},
	{"server:\n  run_dir: ! /run\n", 2, "Anchors, aliases, tags"},
	{"%YAML 1.1\n---\nserver:\n", 1, "directives"},
	{"server:\n  sandbox: true\n---\nserver:\n", 3, "A second document cannot stand here."},
	{"server:\n\tsandbox: true\n", 2, "This is not YAML"},
	{"server:\n  run_dir: \"open\n", 3, "This is not YAML"},
	{"server:\n  run_dir: a\n limits:\n", 3, "This is not YAML"},
	{"server:\n  run_dir: \xFF\n", 2, "This is not YAML"},
	{"\xFF\xFEs\0", 1, "This is not YAML"},
};

/* FILE:LINE: sentence, and nothing else. */
START_TEST(mistakes_are_named_with_their_line)
{
	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		const char *said;
		struct conf *conf = load(WRONG[i].text, &said);
		const char *wanted =
			mem_printf(mem, "%s/frontdesk.yaml:%d: ", unit_dir(), WRONG[i].line);

		ck_assert_ptr_null(conf);
		ck_assert_msg(text_starts(said, wanted), "%s\ngives %s", WRONG[i].text, said);
		ck_assert_msg(
			strstr(said, WRONG[i].said) != NULL, "%s\ngives %s", WRONG[i].text, said);
		ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
	}
}
END_TEST

START_TEST(the_file_has_a_limit)
{
	size_t n = 64 * 1024;
	char *text = mem_alloc(mem, n + 2);

	memset(text, '#', n + 1);
	unit_hush();
	ck_assert_ptr_nonnull(conf_load(mem, unit_file("a", text, n, 0600)));
	ck_assert_ptr_null(conf_load(mem, unit_file("a", text, n + 1, 0600)));
	ck_assert_ptr_null(conf_load(mem, "/nonexistent.yaml"));
	ck_assert_ptr_null(conf_load(mem, unit_dir()));
	const char *said = unit_said();
	ck_assert_ptr_nonnull(strstr(said, "larger than 64 KiB"));
	ck_assert_ptr_nonnull(strstr(said, "/nonexistent.yaml:"));
	ck_assert_ptr_nonnull(strstr(said, "No such file"));
}
END_TEST

START_TEST(the_environment_names_the_file)
{
	const char *path = unit_text_file("other.yaml", "limits:\n  factor: 9\n");

	ck_assert_int_eq(putenv(mem_printf(mem, "FRONTDESK_CONFIG=%s", path)), 0);
	struct conf *conf = conf_load(mem, NULL);
	ck_assert_int_eq(unsetenv("FRONTDESK_CONFIG"), 0);
	ck_assert_ptr_nonnull(conf);
	ck_assert_int_eq(conf->limits_factor, 9);
}
END_TEST

START_TEST(secrets_are_files)
{
	struct conf conf = {.server_secrets_dir = unit_dir()};

	unit_text_file("one", "s3cret\n");
	unit_file("binary", "a\0b", 3, 0600);
	unit_file("open", "abc", 3, 0644);
	ck_assert_str_eq(conf_secret(&conf, mem, "one"), "s3cret");
	unit_hush();
	ck_assert_ptr_null(conf_secret(&conf, mem, "two"));
	ck_assert_ptr_null(conf_secret(&conf, mem, "binary"));
	ck_assert_ptr_null(conf_secret(&conf, mem, "open"));
	unit_said();
}
END_TEST

/* The keys that are renewed at work are no credentials: systemd would hand out
 * copies of what they were. */
START_TEST(secrets_have_a_default_place)
{
	static char setting[PATH_MAX];
	struct conf conf = {.server_secrets_dir = ""};
	const char *credential = unit_text_file("a", "s3cret");

	ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	ck_assert_str_eq(conf_secret_path(&conf, mem, "a"), "/etc/frontdesk/secrets/a");
	snprintf(setting, sizeof(setting), "CREDENTIALS_DIRECTORY=%s", unit_dir());
	ck_assert_int_eq(putenv(setting), 0);
	ck_assert_str_eq(conf_secret_path(&conf, mem, "a"), credential);
	ck_assert_str_eq(conf_secret_path(&conf, mem, "b"), "/etc/frontdesk/secrets/b");
	conf.server_secrets_dir = "/s";
	ck_assert_str_eq(conf_secret_path(&conf, mem, "a"), "/s/a");
	ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}
END_TEST

START_TEST(a_secret_is_no_path)
{
	static const char *const NAMES[] = {"../a", "a/b", "/etc/passwd", "", "..", ".a"};
	struct conf conf = {.server_secrets_dir = "/s"};

	unit_hush();
	conf_secret_path(&conf, mem, NAMES[_i]);
}
END_TEST

Suite *suite_conf(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_not_given_has_its_default);
	tcase_add_test(t, what_is_given_is_taken);
	tcase_add_test(t, mistakes_are_named_with_their_line);
	tcase_add_test(t, the_file_has_a_limit);
	tcase_add_test(t, the_environment_names_the_file);
	tcase_add_test(t, secrets_are_files);
	tcase_add_test(t, secrets_have_a_default_place);
	tcase_add_loop_test_raise_signal(t, a_secret_is_no_path, SIGABRT, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
