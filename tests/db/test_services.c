/* How services and their segments change. */
#include "core/service/edit.h"
#include "tests/db/edits.h"

/* ---- what every service must be, whatever was done to it ---- */

static void is_whole(struct ctx *k, const char *id)
{
	ck_assert_int_eq(
		one_int(k,
			"SELECT COUNT(*) FROM service s WHERE s.id = ? AND s.duration_minutes = "
			"(SELECT SUM(g.duration_minutes + g.processing_minutes) "
			"FROM service_segment g WHERE g.service_id = s.id)",
			id),
		1);
	ck_assert_int_eq(one_int(k,
				 "SELECT COUNT(*) BETWEEN 1 AND 8 AND MIN(position) = 1 "
				 "AND MAX(position) = COUNT(*) FROM service_segment "
				 "WHERE service_id = ?",
				 id),
		1);
	ck_assert_int_eq(one_int(k,
				 "SELECT COUNT(*) FROM service_segment WHERE service_id = ? "
				 "AND same_staff_as >= position",
				 id),
		0);
}

/* "Massage 1, Rest 2=1": names, positions, whose staff member. */
static const char *order(const char *service)
{
	struct buf b = buf_new(c->mem, 1000);
	struct service s;

	ck_assert_int_eq(service_get(c, service, &s), 0);
	for (size_t i = 0; i < s.segments.n; i++) {
		const struct service_segment *g = (struct service_segment *)s.segments.p + i;

		buf_printf(&b, "%s%s", i > 0 ? " " : "", g->name);
		if (g->same_staff_as > 0)
			buf_printf(&b, "=%d", (int)g->same_staff_as);
	}
	return buf_text(&b);
}

/* ---- services ---- */

START_TEST(a_service_begins_with_one_segment)
{
	struct service in = new_service("Massage", 45), s;

	ck_assert_int_eq(service_create(c, &in, &s), 0);
	is_whole(c, s.id);
	is_audited("service.create", s.id, "");
	ck_assert_uint_eq(s.segments.n, 1);
	ck_assert_str_eq(((struct service_segment *)s.segments.p)->name, "Massage");
	ck_assert_int_eq(s.duration_minutes, 45);
	ck_assert_str_eq(s.currency, "EUR");
	ck_assert(s.is_active && !s.is_composite);
	ck_assert_int_eq(s.grid_minutes, 15);
	ck_assert_int_eq(s.capacity, 1);
	in.currency = "CHF";
	ck_assert_int_eq(service_create(c, &in, &s), 0);
	ck_assert_str_eq(s.currency, "CHF");
}
END_TEST

START_TEST(a_service_begins_with_the_segments_given)
{
	struct service_segment g[] = {
		{.name = "Wash", .duration_minutes = 10, .processing_minutes = 5},
		{.name = "Cut", .duration_minutes = 30},
		{.name = "Finish", .duration_minutes = 10, .same_staff_as = 2},
	};
	struct service in = new_service("All of it", 0), s;

	in.segments = (struct rows){g, 3};
	ck_assert_int_eq(service_create(c, &in, &s), 0);
	is_whole(c, s.id);
	ck_assert_int_eq(s.duration_minutes, 55);
	ck_assert_str_eq(order(s.id), "Wash Cut Finish=2");
}
END_TEST

START_TEST(what_is_wrong_with_a_new_service_is_named)
{
	struct service_segment g[9];
	int64_t before = one_int(c, "SELECT COUNT(*) FROM service");
	struct service in = new_service("Massage", 0), s;

	for (size_t i = 0; i < COUNT_OF(g); i++)
		g[i] = (struct service_segment){.name = "Part", .duration_minutes = 10};
	wrong(service_create(c, &in, &s), "duration_minutes");
	in.segments = (struct rows){g, 2};
	in.duration_minutes = 20;
	wrong(service_create(c, &in, &s), "duration_minutes");
	in.duration_minutes = 0;
	in.capacity = 2;
	wrong(service_create(c, &in, &s), "capacity");
	in.capacity = 1;
	in.segments.n = 9;
	wrong(service_create(c, &in, &s), "segments");
	in.segments.n = 0;
	wrong(service_create(c, &in, &s), "segments");
	in.segments.n = 2;
	g[1].same_staff_as = 2;
	wrong(service_create(c, &in, &s), "segments.1.same_staff_as");
	g[1].same_staff_as = 0;
	in.currency = "eur";
	wrong(service_create(c, &in, &s), "currency");
	in = new_service("Massage", 720);
	in.buffer_before_minutes = 721;
	wrong(service_create(c, &in, &s), "buffer_before_minutes");
	in.buffer_before_minutes = 720;
	in.buffer_after_minutes = 1;
	wrong(service_create(c, &in, &s), "buffer_after_minutes");
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM service"), before);
}
END_TEST

START_TEST(a_change_takes_what_was_given)
{
	struct service in = {
		.name = "Deep massage", .staff_choice = STAFF_CHOICE_ROUND_ROBIN, .capacity = 5};
	const char *id = make_service(30);
	struct service s;

	ck_assert_int_eq(service_change(c, id, &in,
				 bit(&SERVICE, "name") | bit(&SERVICE, "staff_choice"), &s),
		0);
	ck_assert_str_eq(s.name, "Deep massage");
	ck_assert_int_eq(s.staff_choice, STAFF_CHOICE_ROUND_ROBIN);
	ck_assert_int_eq(s.capacity, 1);
	ck_assert_int_eq(s.price_cents, 5000);
	is_audited("service.update", id, "name,staff_choice");
	ck_assert_int_eq(service_change(c, id, &in, bit(&SERVICE, "capacity"), &s), 0);
	ck_assert_int_eq(s.capacity, 5);
	int64_t entries = one_int(c, "SELECT COUNT(*) FROM audit_entry");
	ck_assert_int_eq(service_change(c, id, &in, bit(&SERVICE, "capacity"), &s), 0);
	ck_assert_int_eq(one_int(c, "SELECT COUNT(*) FROM audit_entry"), entries);
	in.buffer_after_minutes = 1411;
	wrong(service_change(c, id, &in, bit(&SERVICE, "buffer_after_minutes"), &s),
		"buffer_after_minutes");
	wrong(service_change(c, CUT_AND_COLOUR, &in, bit(&SERVICE, "capacity"), &s), "capacity");
	refused(service_change(c, CLEANING, &in, bit(&SERVICE, "name"), &s), E_NOT_FOUND, "");
}
END_TEST

START_TEST(a_service_with_visits_to_come_stays)
{
	struct service s;

	taken_for(HAIRCUT, ANNA, "2026-12-03T09:00");
	refused(service_delete(c, HAIRCUT), E_STATE, "still to come");
	c->now = berlin("2026-12-03T09:29");
	refused(service_delete(c, HAIRCUT), E_STATE, "still to come");
	c->now = berlin("2026-12-03T09:30");
	ck_assert_int_eq(service_delete(c, HAIRCUT), 0);
	is_audited("service.delete", HAIRCUT, "");
	refused(service_get(c, HAIRCUT, &s), E_NOT_FOUND, "");
	refused(service_delete(c, HAIRCUT), E_NOT_FOUND, "");
}
END_TEST

START_TEST(what_a_list_shows_takes_as_many_queries_for_any_number)
{
	struct add_on wax = {.service_id = HAIRCUT, .name = "Wax", .is_active = true};
	struct rows few, many;
	unsigned before;

	wax.id = "01900000-0000-7000-8000-5a1000009999";
	ck_assert_int_eq(db_insert(c, &ADD_ON, &wax), 1);
	before = c->db_calls;
	ck_assert_int_gt(service_list(c, &few), 0);
	unsigned calls = c->db_calls - before;
	for (int i = 0; i < 20; i++)
		make_segment(make_service(30), "More", 0);
	before = c->db_calls;
	ck_assert_int_eq(service_list(c, &many), (int)few.n + 20);
	ck_assert_uint_eq(c->db_calls - before, calls);
	for (size_t i = 0; i < many.n; i++) {
		const struct service *s = (struct service *)many.p + i;
		bool haircut = strcmp(s->id, HAIRCUT) == 0;

		ck_assert_uint_eq(s->add_ons.n, haircut);
		if (haircut)
			ck_assert_str_eq(((struct add_on *)s->add_ons.p)->name, "Wax");
		ck_assert_int_eq(s->is_composite, s->segments.n > 1);
		ck_assert_str_eq(((struct service_segment *)s->segments.p)->service_id, s->id);
	}
}
END_TEST

/* ---- segments ---- */

START_TEST(segments_move_over_for_others)
{
	const char *id = make_service(30);
	struct service_segment in, g;

	in = new_segment(id, "Last", 0);
	in.same_staff_as = 1;
	ck_assert_int_eq(segment_create(c, &in, &g), 0);
	ck_assert_int_eq(g.position, 2);
	ck_assert_str_eq(order(id), "Massage Last=1");
	make_segment(id, "First", 1);
	ck_assert_str_eq(order(id), "First Massage Last=2");
	make_segment(id, "Between", 3);
	ck_assert_str_eq(order(id), "First Massage Between Last=2");
	is_whole(c, id);
	in = (struct service_segment){.service_id = id, .id = g.id, .position = 3};
	ck_assert_int_eq(segment_change(c, &in, bit(&SERVICE_SEGMENT, "position"), &g), 0);
	ck_assert_str_eq(order(id), "First Massage Last=2 Between");
	is_audited("service_segment.update", g.id, "position");
	in.position = 2;
	wrong(segment_change(c, &in, bit(&SERVICE_SEGMENT, "position"), &g), "position");
	in.same_staff_as = 1;
	ck_assert_int_eq(
		segment_change(c, &in,
			bit(&SERVICE_SEGMENT, "position") | bit(&SERVICE_SEGMENT, "same_staff_as"),
			&g),
		0);
	ck_assert_str_eq(order(id), "First Last=1 Massage Between");
	in.processing_minutes = 15;
	ck_assert_int_eq(
		segment_change(c, &in, bit(&SERVICE_SEGMENT, "processing_minutes"), &g), 0);
	is_whole(c, id);
	ck_assert_int_eq(segment_delete(c, id, g.id), 0);
	is_audited("service_segment.delete", g.id, "");
	ck_assert_str_eq(order(id), "First Massage Between");
	is_whole(c, id);
}
END_TEST

START_TEST(what_is_wrong_with_a_segment_is_named)
{
	const char *id = make_service(30), *second = make_segment(id, "Second", 0);
	struct service_segment in = new_segment(id, "More", 4), g;

	wrong(segment_create(c, &in, &g), "position");
	in.position = 0;
	in.same_staff_as = 3;
	wrong(segment_create(c, &in, &g), "same_staff_as");
	in.same_staff_as = 0;
	in.id = second;
	in.position = 3;
	wrong(segment_change(c, &in, bit(&SERVICE_SEGMENT, "position"), &g), "position");
	in.same_staff_as = 2;
	wrong(segment_change(c, &in, bit(&SERVICE_SEGMENT, "same_staff_as"), &g), "same_staff_as");
	in.duration_minutes = 1440;
	ck_assert_int_eq(
		db_exec(c, "UPDATE service SET buffer_after_minutes = 1 WHERE id = ?", id), 1);
	wrong(segment_change(c, &in, bit(&SERVICE_SEGMENT, "duration_minutes"), &g),
		"duration_minutes");
	in.service_id = HAIRCUT;
	refused(segment_change(c, &in, bit(&SERVICE_SEGMENT, "name"), &g), E_NOT_FOUND, "");
	refused(segment_delete(c, HAIRCUT, second), E_NOT_FOUND, "");
	in.service_id = CLEANING;
	refused(segment_create(c, &in, &g), E_NOT_FOUND, "");
	ck_assert_str_eq(order(id), "Massage Second");
	is_whole(c, id);
}
END_TEST

START_TEST(a_segment_stays_while_something_hangs_on_it)
{
	const char *id = make_service(30), *second, *third;
	struct service_segment in, g;
	struct service s;
	struct service class = {.capacity = 8};

	ck_assert_int_eq(service_get(c, id, &s), 0);
	const char *first = ((struct service_segment *)s.segments.p)->id;
	refused(segment_delete(c, id, first), E_STATE, "at least one");
	second = make_segment(id, "Second", 0);
	in = new_segment(id, "Third", 0);
	in.same_staff_as = 2;
	ck_assert_int_eq(segment_create(c, &in, &g), 0);
	third = g.id;
	refused(segment_delete(c, id, second), E_STATE, "Third");
	ck_assert_int_eq(segment_delete(c, id, third), 0);
	ck_assert_int_eq(segment_delete(c, id, second), 0);
	taken_for(CUT_AND_COLOUR, NULL, "2026-12-03T14:00");
	refused(segment_delete(c, CUT_AND_COLOUR, "01900000-0000-7000-8000-5a1000000074"), E_STATE,
		"Appointments");
	ck_assert_int_eq(service_change(c, id, &class, bit(&SERVICE, "capacity"), &s), 0);
	in = new_segment(id, "Second", 0);
	refused(segment_create(c, &in, &g), E_STATE, "class");
	is_whole(c, id);
}
END_TEST

START_TEST(a_service_has_eight_segments_at_most)
{
	const char *id = make_service(30);
	struct service_segment in = new_segment(id, "Ninth", 1), g;

	for (int i = 2; i <= SEGMENTS_MAX; i++)
		make_segment(id, "Part", 1);
	refused(segment_create(c, &in, &g), E_STATE, "at most 8");
	is_whole(c, id);
}
END_TEST

/* Whatever is done in whatever order, the service stays whole. */
START_TEST(any_changes_leave_a_whole_service)
{
	const char *id = make_service(30);
	unsigned seed = 4711u + (unsigned)_i;

	for (int n = 0; n < 150; n++) {
		struct mem_mark mark = mem_mark(c->mem);
		unsigned r = (seed = seed * 1664525u + 1013904223u) >> 8;
		struct service_segment in = new_segment(id, "Part", r % 10), g;
		struct service s;
		uint64_t given = 0;

		ck_assert_int_eq(service_get(c, id, &s), 0);
		in.id = ((struct service_segment *)s.segments.p)[r / 7 % s.segments.n].id;
		in.same_staff_as = r / 11 % 4;
		in.duration_minutes = 5 + r / 13 % 60;
		for (size_t i = 0; i < SERVICE_SEGMENT.n; i++) {
			const struct field *f = &SERVICE_SEGMENT.fields[i];

			if ((f->flags & (RO | NOCOL)) == 0 && (r / 17 >> i & 1) != 0)
				given |= field_bit(&SERVICE_SEGMENT, f);
		}
		if (in.position == 0)
			given &= ~bit(&SERVICE_SEGMENT, "position");
		int rc = r % 3 == 0  ? segment_create(c, &in, &g)
			: r % 3 == 1 ? segment_delete(c, id, in.id)
				     : segment_change(c, &in, given, &g);
		if (rc < 0)
			ck_assert_msg(c->err.code == E_INVALID || c->err.code == E_STATE, "%s %u",
				err_wire(c->err.code), r);
		err_clear(c);
		is_whole(c, id);
		mem_release(c->mem, mark);
	}
}
END_TEST

/* ---- rivals ---- */

struct edit {
	const char *service;
	const char *segment; /* NULL: a new one; else this one goes */
	int64_t capacity;    /* 0: stays */
};

static int edit(struct ctx *k, void *arg)
{
	struct edit *e = arg;
	struct service_segment in = new_segment(e->service, "Part", 1), g = {0};
	struct service change = {.capacity = e->capacity}, s;
	int rc;

	if (e->capacity > 0)
		return service_change(k, e->service, &change, bit(&SERVICE, "capacity"), &s);
	if (e->segment != NULL)
		return segment_delete(k, e->service, e->segment);
	rc = segment_create(k, &in, &g);
	e->segment = g.id;
	return rc;
}

/* Whatever others do meanwhile: done, or refused for what they have done. */
static bool try_edit(struct ctx *k, struct edit *e)
{
	int rc = in_tx(k, edit, e);

	if (rc < 0)
		ck_assert_msg(err_take(k, E_STATE) || err_take(k, E_INVALID), "%s",
			err_wire(k->err.code));
	ck_assert_int_eq(one_int(k,
				 "SELECT COUNT(*) FROM service s WHERE s.id = ? AND s.capacity > 1 "
				 "AND (SELECT COUNT(*) FROM service_segment g "
				 "WHERE g.service_id = s.id) > 1",
				 e->service),
		0);
	return rc == 0;
}

/* Half of them add a segment and take it away, half of them make it a class
 * and no class again. */
static void rival(int i, void *shared)
{
	struct ctx *k = db_ctx("fd_web");

	k->company = salon();
	for (int n = 0; n < 15; n++) {
		struct edit e = {.service = shared, .capacity = i % 2 == 0 ? 5 : 0};

		if (!try_edit(k, &e))
			continue;
		e.capacity = i % 2 == 0;
		ck_assert(try_edit(k, &e));
	}
	db_ctx_end(k);
}

START_TEST(changes_of_one_service_come_one_after_the_other)
{
	struct ctx *admin = db_ctx_admin();
	char *id = shared_memory(64);

	snprintf(id, 64, "%s", make_service(30));
	ck_assert_int_eq(db_commit(c), 0);
	run_rivals(4, rival, id);
	db_begin(c);
	is_whole(c, id);
	ck_assert_str_eq(order(id), "Massage");
	db_rollback(c);
	ck_assert_int_eq(
		db_exec(admin, "DELETE FROM frontdesk_store.service_segment WHERE service_id = ?",
			id),
		1);
	ck_assert_int_eq(db_exec(admin, "DELETE FROM frontdesk_store.service WHERE id = ?", id), 1);
	ck_assert_int_gt(db_exec(admin, "DELETE FROM frontdesk_store.audit_entry"), 0);
	db_ctx_end(admin);
}
END_TEST

Suite *suite_services(void)
{
	Suite *s = suite_create("services");
	TCase *t = tcase_create("services");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_service_begins_with_one_segment);
	tcase_add_test(t, a_service_begins_with_the_segments_given);
	tcase_add_test(t, what_is_wrong_with_a_new_service_is_named);
	tcase_add_test(t, a_change_takes_what_was_given);
	tcase_add_test(t, a_service_with_visits_to_come_stays);
	tcase_add_test(t, what_a_list_shows_takes_as_many_queries_for_any_number);
	tcase_add_test(t, segments_move_over_for_others);
	tcase_add_test(t, what_is_wrong_with_a_segment_is_named);
	tcase_add_test(t, a_segment_stays_while_something_hangs_on_it);
	tcase_add_test(t, a_service_has_eight_segments_at_most);
	tcase_add_loop_test(t, any_changes_leave_a_whole_service, 0, 4);
	tcase_add_test(t, changes_of_one_service_come_one_after_the_other);
	suite_add_tcase(s, t);
	return s;
}
