#include "core/worker/pool.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/schema/admin.h"
#include "core/sys/db.h"
#include "core/sys/http.h"
#include "core/worker/drain.h"

#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>

#define DEATHS_MAX 3
#define LOOK_AGAIN_MS 5000 /* for work, when nobody woke us */
#define WATCH_MS 50        /* drainers, while there are any */
#define LONG_US 500000     /* at one job: others need not wait for it */
#define IDLE_US 1000000    /* after one found nothing, unless we are woken */
#define DRAINERS_MAX 16

struct drainer {
	pid_t pid; /* 0: none */
	struct worker_slot *slot;
	bool owed;    /* it ended, and that could not be written down yet */
	char why[80]; /* it died; "": it did not, but left work */
};

struct pool {
	const struct conf *conf;
	struct drainer drainers[DRAINERS_MAX];
	int n;         /* of them, running */
	int signals;   /* signalfd: TERM, INT, CHLD */
	sigset_t mask; /* as it was before they were blocked */
	bool stop;
	bool later;                      /* the database does not answer */
	int64_t idle_until_us;           /* nothing was due, though some are still at work */
	int deaths;                      /* in a row */
	int status;                      /* worse than nothing left to do */
	const struct worker_slot *about; /* what a recorder writes down */
	const char *why;
};

/* ---- in the children ---- */

/* sysexits' "try again later": the database does not answer. No crash. */
enum child_exit { CHILD_OK = 0, CHILD_WORK_LEFT = 10, CHILD_LATER = EX_TEMPFAIL };

static volatile bool stop_asked;
static struct worker_slot *my_slot;

static void on_stop(int signal_number)
{
	(void)signal_number;
	stop_asked = true;
}

static int work(struct pool *p, struct ctx *c)
{
	struct worker w = {.conf = p->conf,
		.db = c->db,
		.slot = my_slot,
		.stop = &stop_asked,
		.live = LIVE_LINE_NEW};

	http_init();
	int rc = worker_drain(&w);
	live_line_close(&w.live);
	return rc < 0 ? CHILD_LATER : CHILD_OK;
}

static int record(struct pool *p, struct ctx *c)
{
	int rc = worker_bury(c, p->about->owner, p->about->job_id, p->why);

	if (rc < 0)
		return CHILD_LATER;
	return rc > 0 ? CHILD_WORK_LEFT : CHILD_OK;
}

static int release(struct pool *p, struct ctx *c)
{
	return worker_release(c, p->about->owner, p->about->job_id) < 0 ? CHILD_LATER : CHILD_OK;
}

static int child_run(struct pool *p, int (*task)(struct pool *p, struct ctx *c))
{
	struct ctx c = {.conf = p->conf, .now = ts_now(), .actor = ACTOR_SYSTEM};
	int rc = EX_CONFIG;

	c.mem = arena_new(1u << 20);
	c.db = account_db(&c, "fd_worker");
	if (c.db != NULL)
		rc = task(p, &c);
	else
		log_line("worker", "error", c.err.detail, NULL);
	db_delete(c.db);
	arena_delete(c.mem);
	return rc;
}

/* ---- starting and waiting ---- */

static pid_t child_start(struct pool *p, int (*task)(struct pool *p, struct ctx *c))
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
	exit(child_run(p, task));
}

/* Takes the signals that came; drainers are told to stop. */
static void take_signals(struct pool *p)
{
	struct signalfd_siginfo info;

	while (read(p->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		p->stop = true;
		for (int i = 0; i < DRAINERS_MAX; i++) {
			if (p->drainers[i].pid > 0)
				kill(p->drainers[i].pid, SIGTERM);
		}
	}
}

static void wait_for_signals(struct pool *p, int ms)
{
	struct pollfd fd = {.fd = p->signals, .events = POLLIN};

	(void)poll(&fd, 1, ms);
	take_signals(p);
}

/* A short task about a drainer, to its end. */
static int ask_child(struct pool *p, const struct worker_slot *about, const char *why,
	int (*task)(struct pool *p, struct ctx *c))
{
	int status;

	p->about = about;
	p->why = why;
	pid_t child = child_start(p, task);
	if (child < 0)
		return CHILD_LATER;
	while (waitpid(child, &status, WNOHANG) == 0)
		wait_for_signals(p, WATCH_MS);
	return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_LATER;
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

static bool start_drainer(struct pool *p)
{
	for (int i = 0; i < DRAINERS_MAX && p->n < p->conf->worker_processes; i++) {
		struct drainer *d = &p->drainers[i];

		if (d->pid != 0 || d->owed)
			continue;
		slot_reset(d->slot);
		my_slot = d->slot;
		d->pid = child_start(p, work);
		p->n += d->pid > 0;
		if (d->pid < 0)
			d->pid = 0;
		return d->pid > 0;
	}
	return true;
}

/* ---- how drainers end ---- */

/* For the job's record; "": not by a crash. */
static void death_of(int status, char text[80])
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == CHILD_OK || code == CHILD_LATER || code == EX_CONFIG)
		*text = '\0';
	else if (code >= 0)
		snprintf(text, 80, "The worker exited with status %d.", code);
	else if (WTERMSIG(status) == SIGALRM)
		snprintf(text, 80, "The job took longer than its deadline.");
	else
		snprintf(text, 80, "The worker was killed by signal %d (%s).", WTERMSIG(status),
			sigabbrev_np(WTERMSIG(status)));
}

static void give_up(struct pool *p, const char *error)
{
	log_line("worker", "error", error, NULL);
	p->status = EXIT_FAILURE;
	p->later = true;
}

/* Writes down how it died, and gives back what it had claimed. What cannot be
 * written now is owed: without it those jobs would wait for the end of their leases. */
static enum child_exit bury(struct pool *p, struct drainer *d)
{
	int left = ask_child(p, d->slot, *d->why == '\0' ? NULL : d->why, record);

	d->owed = left != CHILD_OK && left != CHILD_WORK_LEFT;
	if (d->owed)
		give_up(p, "the database does not answer");
	return d->owed ? CHILD_LATER : (enum child_exit)left;
}

static void drainer_ended(struct pool *p, struct drainer *d, int status)
{
	death_of(status, d->why);
	d->pid = 0;
	p->n--;
	if (*d->why == '\0' && WEXITSTATUS(status) == EX_CONFIG)
		p->status = EX_CONFIG;
	if (*d->why == '\0' && WEXITSTATUS(status) != CHILD_LATER) {
		p->deaths = 0;
		p->idle_until_us = clock_monotonic_us() + IDLE_US;
		return;
	}
	if (*d->why != '\0')
		log_line("crash", "why", d->why, "job",
			*d->slot->job_id == '\0' ? NULL : d->slot->job_id, NULL);
	p->deaths = atomic_load(&d->slot->ended) > 0 ? 1 : p->deaths + 1;
	enum child_exit left = bury(p, d);
	if (left == CHILD_LATER)
		return;
	if (*d->why == '\0')
		give_up(p, "the database did not answer");
	else if (p->deaths >= DEATHS_MAX)
		give_up(p, "it dies again and again before a job is done");
	else if (left == CHILD_WORK_LEFT && !p->stop && p->n == 0 && !start_drainer(p))
		give_up(p, strerror(errno));
}

static void reap(struct pool *p)
{
	for (int i = 0; i < DRAINERS_MAX; i++) {
		struct drainer *d = &p->drainers[i];
		int status;

		if (d->pid > 0 && waitpid(d->pid, &status, WNOHANG) == d->pid)
			drainer_ended(p, d, status);
	}
}

static bool is_woken(const struct pool *p)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/work", p->conf->server_run_dir);
	return access(path, F_OK) == 0;
}

/* Whether another drainer would find something to do. */
static bool help_is_needed(struct pool *p)
{
	int64_t now = clock_monotonic_us(), before = now - LONG_US;
	bool needed = now >= p->idle_until_us || is_woken(p);

	for (int i = 0; i < DRAINERS_MAX; i++) {
		struct drainer *d = &p->drainers[i];

		if (d->pid == 0)
			continue;
		if (slot_take_away(d->slot, before))
			(void)ask_child(p, d->slot, NULL, release);
		int64_t since = atomic_load(&d->slot->since_us);

		/* one that is neither long at a job nor full will see what comes */
		if (!atomic_load(&d->slot->has_more) && (since == 0 || since >= before))
			needed = false;
	}
	return needed;
}

/* Until nothing is due. */
static int drain(struct pool *p)
{
	p->status = EXIT_SUCCESS;
	p->later = false;
	p->deaths = 0;
	for (int i = 0; i < DRAINERS_MAX && !p->later; i++) {
		if (p->drainers[i].owed)
			(void)bury(p, &p->drainers[i]);
	}
	if (!p->later && !start_drainer(p))
		give_up(p, strerror(errno));
	while (p->n > 0) {
		wait_for_signals(p, WATCH_MS);
		reap(p);
		if (p->n > 0 && !p->stop && !p->later && help_is_needed(p))
			(void)start_drainer(p);
	}
	return p->status;
}

/* ---- staying ---- */

/* Sleeps until the wake file appears, 5 s have passed, or a signal comes. */
static void rest(struct pool *p, int wake)
{
	struct pollfd fds[2] = {
		{.fd = p->signals, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
	char events[4096];

	(void)poll(fds, 2, LOOK_AGAIN_MS);
	take_signals(p);
	while (wake >= 0 && read(wake, events, sizeof(events)) > 0)
		;
}

static int stay(struct pool *p)
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

static void signals_take_over(struct pool *p)
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

int pool_run(const struct conf *conf, bool staying)
{
	struct pool p = {.conf = conf};
	struct worker_slot *slots = mmap(NULL, DRAINERS_MAX * sizeof(*slots),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (slots == MAP_FAILED)
		BUG("mmap: %s", strerror(errno));
	for (int i = 0; i < DRAINERS_MAX; i++)
		p.drainers[i].slot = &slots[i];
	signals_take_over(&p);
	return staying ? stay(&p) : drain(&p);
}
