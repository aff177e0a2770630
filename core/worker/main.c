/*
 * frontdesk-worker: carries out the jobs that are due, and exits.
 *
 * The parent holds no connection and no library's state, so that it can fork
 * at any time: it starts a drainer, waits, and when the drainer died (a crash,
 * or the alarm of a job's deadline) starts a second child that writes down
 * what happened, and then another drainer while work is left. Three deaths in
 * a row without one job brought to an end, and it gives up: the timer starts
 * it again.
 */
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/schema/admin.h"
#include "core/sys/conf.h"
#include "core/sys/crypto.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/sys/link.h"
#include "core/worker/worker.h"

#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>

#define DEATHS_MAX 3
#define LOOK_AGAIN_MS 5000

static const char USAGE[] =
	"usage: frontdesk-worker [-c FILE] [--stay]\n"
	"Carries out the jobs that are due, and exits 0 when none is left.\n"
	"  -c FILE   configuration (default $FRONTDESK_CONFIG, /etc/frontdesk/frontdesk.yaml)\n"
	"  --stay    stay, and look again when woken (run_dir/work), at least every 5 s\n"
	"TERM, INT: finish the present job, then exit.\n";

struct parent {
	const struct conf *conf;
	struct worker_slot *slot; /* shared with the children */
	int signals;              /* signalfd: TERM, INT, CHLD */
	sigset_t mask;            /* as it was before they were blocked */
	bool stop;
	const char *why; /* the last drainer died */
};

/* ---- in the children ---- */

/* sysexits' "try again later": the database does not answer. No crash. */
enum child_exit { CHILD_OK = 0, CHILD_WORK_LEFT = 10, CHILD_LATER = EX_TEMPFAIL };

static volatile bool stop_asked;

static void on_stop(int signal_number)
{
	(void)signal_number;
	stop_asked = true;
}

static int drainer(struct parent *p, struct ctx *c)
{
	struct worker w = {p->conf, c->db, p->slot, &stop_asked};

	http_init();
	return worker_drain(&w) < 0 ? CHILD_LATER : CHILD_OK;
}

static int recorder(struct parent *p, struct ctx *c)
{
	int rc = worker_bury(c, p->slot, p->why);

	if (rc < 0)
		return CHILD_LATER;
	return rc > 0 ? CHILD_WORK_LEFT : CHILD_OK;
}

static int child_run(struct parent *p, int (*work)(struct parent *p, struct ctx *c))
{
	struct ctx c = {.conf = p->conf, .now = ts_now(), .actor = ACTOR_SYSTEM};
	int rc = EX_CONFIG;

	c.mem = arena_new(1u << 20);
	c.db = account_db(&c, "fd_worker");
	if (c.db != NULL)
		rc = work(p, &c);
	else
		log_line("worker", "error", c.err.detail, NULL);
	db_delete(c.db);
	arena_delete(c.mem);
	return rc;
}

/* ---- in the parent ---- */

static pid_t child_start(struct parent *p, int (*work)(struct parent *p, struct ctx *c))
{
	struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	/* nobody would write down how an orphan died */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	stop_asked = getppid() != parent;
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	signal(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &p->mask, NULL);
	close(p->signals);
	exit(child_run(p, work));
}

/* Takes the signals that came; a child is told to stop. */
static void take_signals(struct parent *p, pid_t child)
{
	struct signalfd_siginfo info;

	while (read(p->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		p->stop = true;
		if (child > 0)
			kill(child, SIGTERM);
	}
}

static int child_wait(struct parent *p, pid_t child)
{
	struct pollfd fd = {.fd = p->signals, .events = POLLIN};
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		(void)poll(&fd, 1, -1);
		take_signals(p, child);
	}
	return status;
}

/* How it ended, for the job's record; NULL: not by a crash. */
static const char *death_of(int status, char text[80])
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == CHILD_OK || code == CHILD_LATER || code == EX_CONFIG)
		return NULL;
	if (code >= 0)
		snprintf(text, 80, "The worker exited with status %d.", code);
	else if (WTERMSIG(status) == SIGALRM)
		snprintf(text, 80, "The job took longer than its deadline.");
	else
		snprintf(text, 80, "The worker was killed by signal %d (%s).", WTERMSIG(status),
			sigabbrev_np(WTERMSIG(status)));
	return text;
}

static void slot_reset(struct worker_slot *slot)
{
	uint8_t random[8];

	memset(slot, 0, sizeof(*slot));
	random_bytes(random, sizeof(random));
	snprintf(slot->owner, sizeof(slot->owner), "%d-%02x%02x%02x%02x%02x%02x%02x%02x",
		(int)getpid(), random[0], random[1], random[2], random[3], random[4], random[5],
		random[6], random[7]);
}

/* Writes down a death, or gives back what a drainer held that left early. */
static int bury(struct parent *p, const char *why)
{
	pid_t child;
	int status;

	p->why = why;
	child = child_start(p, recorder);
	if (child < 0)
		return CHILD_LATER;
	status = child_wait(p, child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_LATER;
}

static int give_up(const char *error)
{
	log_line("worker", "error", error, NULL);
	return EXIT_FAILURE;
}

/* Drainers one after the other, until nothing is due. The exit status. */
static int drain(struct parent *p)
{
	char text[80];

	for (int deaths = 0; deaths < DEATHS_MAX;) {
		slot_reset(p->slot);
		pid_t child = child_start(p, drainer);
		if (child < 0)
			return give_up(strerror(errno));
		int status = child_wait(p, child);
		const char *why = death_of(status, text);
		if (why == NULL && WEXITSTATUS(status) != CHILD_LATER)
			return WEXITSTATUS(status);
		if (why != NULL)
			log_line("crash", "why", why, "job",
				*p->slot->job_id == '\0' ? NULL : p->slot->job_id, NULL);
		int left = bury(p, why);
		if (why == NULL || (left != CHILD_OK && left != CHILD_WORK_LEFT))
			return give_up("the database does not answer");
		if (left == CHILD_OK || p->stop)
			return EXIT_SUCCESS;
		deaths = p->slot->ended > 0 ? 1 : deaths + 1;
	}
	return give_up("it dies again and again before a job is done");
}

/* Sleeps until the wake file appears, 5 s have passed, or a signal comes. */
static void rest(struct parent *p, int wake)
{
	struct pollfd fds[2] = {
		{.fd = p->signals, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
	char events[4096];

	(void)poll(fds, 2, LOOK_AGAIN_MS);
	take_signals(p, 0);
	while (wake >= 0 && read(wake, events, sizeof(events)) > 0)
		;
}

static int stay(struct parent *p)
{
	int wake = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int rc = EXIT_SUCCESS;

	/* watched before the first drain: what comes meanwhile is not missed */
	if (inotify_add_watch(wake, p->conf->server_run_dir, IN_CREATE | IN_MOVED_TO) < 0)
		log_line("wake", "path", p->conf->server_run_dir, "error", strerror(errno), NULL);
	while (!p->stop) {
		rc = drain(p);
		if (rc == EX_CONFIG)
			break;
		if (!p->stop)
			rest(p, wake);
	}
	close(wake);
	return p->stop ? EXIT_SUCCESS : rc;
}

static void signals_take_over(struct parent *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &p->mask);
	signal(SIGPIPE, SIG_IGN);
	p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->signals < 0)
		BUG("signalfd: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
		{"help", no_argument, NULL, 'h'}, {"stay", no_argument, NULL, 's'}, {0}};
	struct arena *mem = arena_new(1u << 20); /* lives as long as the process */
	struct parent p = {0};
	const char *path = NULL;
	bool staying = false;
	int opt;

	log_name("frontdesk-worker");
	while ((opt = getopt_long(argc, argv, "c:h", OPTIONS, NULL)) != -1) {
		if (opt == 'c')
			path = optarg;
		else if (opt == 's')
			staying = true;
		else {
			fputs(USAGE, opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : EX_USAGE;
		}
	}
	prctl(PR_SET_DUMPABLE, 0);
	struct conf *conf = conf_load(mem, path);
	if (conf == NULL)
		return EX_CONFIG;
	conf->keyring = keyring_load(conf_secret_path(conf, mem, "keyring"));
	conf->link_key = link_key_load(conf_secret_path(conf, mem, "link_key"));
	if (conf->keyring == NULL || conf->link_key == NULL)
		return EX_CONFIG;
	p.conf = conf;
	p.slot = mmap(
		NULL, sizeof(*p.slot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p.slot == MAP_FAILED)
		BUG("mmap: %s", strerror(errno));
	signals_take_over(&p);
	int rc = staying ? stay(&p) : drain(&p);
	keyring_delete(conf->keyring);
	link_key_delete(conf->link_key);
	arena_delete(mem);
	return rc;
}
