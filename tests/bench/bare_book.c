/* The statements that a booking of a known customer sends when the calendar's
 * rules are known (core/booking, core/customer, core/event, core/audit), in
 * their order, with none of the work in between. */
#include "tests/bench/bare_book.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the letters of a statement's parameters stand for. */
enum fact {
	COMPANY,
	CUSTOMER,
	SERVICE,
	SEGMENT,
	STAFF,
	RESOURCE,
	BRANCH,
	START,
	END,
	GIVEN, /* so many come with the request; ids are made */
	APPOINTMENT = GIVEN,
	PART,
	ROW,
	EVENT,
	JOB,
	AUDIT,
	FACTS
};

#define IDS "(?,?,?,?,?,?,?,?)"
#define FACT_SIZE 64

static struct step {
	const char *parameters; /* A the first fact, B the second … */
	const char *sql;
	MYSQL_STMT *stmt;
} STEPS[] = {
	{"A",
		"BEGIN NOT ATOMIC CALL enter_company(?); START TRANSACTION; "
		"SELECT version FROM calendar_version LOCK IN SHARE MODE; END",
		NULL},
	{"FFFFFFFFHHH",
		"SELECT resource_id, starts_at, ends_at, expires_at FROM occupancy "
		"WHERE resource_id IN " IDS " AND ends_at > ? "
		"AND ends_at < ? + INTERVAL 2 DAY AND (expires_at IS NULL OR expires_at > ?)",
		NULL},
	{"B",
		"SELECT id, name, phone, email, language, journey, no_show_count, created_at "
		"FROM customer WHERE id = ? AND deleted_at IS NULL",
		NULL},
	{"B",
		"UPDATE customer SET booking_seq = booking_seq + 1, "
		"journey = IF(journey = 'lead', 'prospect', journey) "
		"WHERE id = ? AND deleted_at IS NULL",
		NULL},
	{"BHHH",
		"SELECT id, starts_at, ends_at FROM appointment WHERE customer_id = ? "
		"AND starts_at > ? - INTERVAL 9 DAY AND starts_at < ? + INTERVAL 2 DAY "
		"AND ends_at > ? - INTERVAL 1 DAY "
		"AND status IN ('scheduled', 'confirmed', 'in_progress', 'needs_attention')",
		NULL},
	{"FFFFFFFF", "UPDATE resource SET booking_seq = booking_seq + 1 WHERE id IN " IDS, NULL},
	{"FFFFFFFFHH",
		"SELECT resource_id, lane, starts_at, ends_at, class_of, appointment_id, hold_id, "
		"expires_at FROM occupancy WHERE resource_id IN " IDS
		" AND ends_at > ? AND ends_at < ? + INTERVAL 1 DAY",
		NULL},
	{"JCEGBHIH",
		"INSERT INTO appointment (id, status, service_id, staff_id, branch_id, "
		"customer_id, starts_at, ends_at, local_start, time_zone, tz_version, price_cents, "
		"currency, source, version) VALUES (?, 'confirmed', ?, ?, ?, ?, ?, ?, ?, "
		"'Europe/Berlin', '2026a', 3500, 'EUR', 'api', 1)",
		NULL},
	{"KJDEHI",
		"INSERT INTO appointment_segment (id, appointment_id, service_segment_id, "
		"staff_id, starts_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
		NULL},
	{"LFHIJ",
		"INSERT INTO occupancy (id, resource_id, lane, starts_at, ends_at, kind, "
		"appointment_id) VALUES (?, ?, 0, ?, ?, 'appointment', ?)",
		NULL},
	{"MJ",
		"INSERT INTO event (id, kind, subject_id, payload) "
		"VALUES (?, 'appointment.booked', ?, REPEAT('x', 900))",
		NULL},
	{"NM",
		"INSERT INTO job (id, kind, ref_id, priority, max_attempts) "
		"VALUES (?, 'event.dispatch', ?, 4, 12)",
		NULL},
	{"OBJ",
		"INSERT INTO audit_entry (id, actor_kind, actor_id, remote_address, request_id, "
		"action, subject, subject_id) VALUES (?, 'user', ?, '127.0.0.1', "
		"'fe44587e708ea7d3a740140cd4324e1b', 'appointment.book', 'appointment', ?)",
		NULL},
};

#define N_STEPS (sizeof(STEPS) / sizeof(STEPS[0]))

void bare_book_prepare(MYSQL *db)
{
	srandom((unsigned)getpid());
	for (size_t i = 0; i < N_STEPS; i++) {
		STEPS[i].stmt = mysql_stmt_init(db);
		if (mysql_stmt_prepare(STEPS[i].stmt, STEPS[i].sql, strlen(STEPS[i].sql)) == 0)
			continue;
		fprintf(stderr, "bare: %s: %s\n", STEPS[i].sql, mysql_stmt_error(STEPS[i].stmt));
		exit(1);
	}
}

/* Ids in the order of time, as the program makes them. */
static void make_id(char *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
	snprintf(to, FACT_SIZE, "%08llx-%04llx-7%03lx-8%03lx-%06lx%06lx",
		(unsigned long long)(ms >> 16), (unsigned long long)(ms & 0xffff),
		(unsigned long)random() & 0xfff, (unsigned long)random() & 0xfff,
		(unsigned long)random() & 0xffffff, (unsigned long)random() & 0xffffff);
}

static bool read_facts(const char *text, char facts[FACTS][FACT_SIZE])
{
	for (int i = 0; i < GIVEN; i++) {
		size_t n = strcspn(text, ",");

		if (n == 0 || n >= FACT_SIZE)
			return false;
		memcpy(facts[i], text, n);
		facts[i][n] = '\0';
		for (char *c = facts[i]; *c != '\0'; c++)
			*c = *c == '_' ? ' ' : *c; /* of a DATETIME */
		text += n + (text[n] == ',');
	}
	for (int i = GIVEN; i < FACTS; i++)
		make_id(facts[i]);
	return true;
}

static bool run(struct step *s, char facts[FACTS][FACT_SIZE])
{
	MYSQL_BIND b[16];

	memset(b, 0, sizeof(b));
	for (size_t i = 0; s->parameters[i] != '\0'; i++) {
		b[i].buffer_type = MYSQL_TYPE_STRING;
		b[i].buffer = facts[s->parameters[i] - 'A'];
		b[i].buffer_length = strlen(b[i].buffer);
	}
	if (mysql_stmt_bind_param(s->stmt, b) != 0 || mysql_stmt_execute(s->stmt) != 0 ||
		mysql_stmt_store_result(s->stmt) != 0) {
		fprintf(stderr, "bare: %.60s: %s\n", s->sql, mysql_stmt_error(s->stmt));
		return false;
	}
	mysql_stmt_free_result(s->stmt);
	while (mysql_stmt_next_result(s->stmt) == 0)
		mysql_stmt_free_result(s->stmt);
	return true;
}

bool bare_book(MYSQL *db, const char *text)
{
	char facts[FACTS][FACT_SIZE];

	if (!read_facts(text, facts))
		return false;
	for (size_t i = 0; i < N_STEPS; i++) {
		if (!run(&STEPS[i], facts)) {
			mysql_rollback(db);
			return false;
		}
	}
	return mysql_commit(db) == 0;
}
