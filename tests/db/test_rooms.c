/* Who can do a service, and the rooms and devices that it takes. */
#include "core/service/edit.h"
#include "core/service/part.h"
#include "core/service/room.h"
#include "tests/db/edits.h"

#define EVANS "01900000-0000-7000-8000-de0000000051"

/* ---- who can do it ---- */

START_TEST(staff_can_do_segments)
{
	const char *id = make_service(30);
	struct service_staff in = {.service_id = id,
				     .staff_id = ANNA,
				     .duration_minutes = 25,
				     .price_cents = 6000},
			     s;
	struct service service;
	struct rows all;

	ck_assert_int_eq(service_staff_create(c, &in, &s), 0);
	ck_assert_str_eq(s.staff_name, "Anna");
	ck_assert_int_eq(s.duration_minutes, 25);
	is_audited("service_staff.create", s.id, "");
	in.id = s.id;
	refused(service_staff_create(c, &in, &s), E_DUPLICATE, "staff_id");
	in.price_cents = 0;
	ck_assert_int_eq(service_staff_change(c, &in, bit(&SERVICE_STAFF, "price_cents"), &s), 0);
	is_audited("service_staff.update", in.id, "price_cents");
	ck_assert_int_eq(service_staff_get(c, id, in.id, &s), 0);
	ck_assert_int_eq(s.price_cents, 0);
	ck_assert_int_eq(s.duration_minutes, 25);
	const char *second = make_segment(id, "Second", 0);
	in = (struct service_staff){.service_id = id, .staff_id = BEN};
	wrong(service_staff_create(c, &in, &s), "service_segment_id");
	in.service_segment_id = CUT_SEGMENT;
	wrong(service_staff_create(c, &in, &s), "service_segment_id");
	in.service_segment_id = second;
	in.price_cents = 1;
	wrong(service_staff_create(c, &in, &s), "price_cents");
	in.price_cents = 0;
	in.staff_id = EVANS;
	wrong(service_staff_create(c, &in, &s), "staff_id");
	in.staff_id = BEN;
	ck_assert_int_eq(service_staff_create(c, &in, &s), 0);
	ck_assert_int_eq(service_get(c, id, &service), 0);
	ck_assert_uint_eq(service.staff_ids.n, 1);
	ck_assert_str_eq(service.staff_ids.p[0], ANNA);
	ck_assert_int_eq(service_staff_list(c, id, &all), 2);
	refused(service_staff_delete(c, HAIRCUT, s.id), E_NOT_FOUND, "");
	ck_assert_int_eq(service_staff_delete(c, id, s.id), 0);
	ck_assert_int_eq(service_staff_list(c, id, &all), 1);
	is_audited("service_staff.delete", s.id, "");
}
END_TEST

START_TEST(staff_who_are_gone_can_do_nothing)
{
	const char *id = make_service(30);
	struct service_staff in = {.service_id = id, .staff_id = BEN}, s;
	struct rows all;

	ck_assert_int_eq(service_staff_create(c, &in, &s), 0);
	ck_assert_int_eq(
		db_exec(c, "UPDATE staff SET deleted_at = ? WHERE id = ?", c->now, BEN), 1);
	ck_assert_int_eq(service_staff_list(c, id, &all), 0);
	refused(service_staff_get(c, id, s.id, &s), E_NOT_FOUND, "");
	in.service_segment_id = NULL;
	wrong(service_staff_create(c, &in, &s), "staff_id");
}
END_TEST

/* ---- rooms and devices ---- */

static const char *make_room(int64_t capacity)
{
	struct resource r = {.branch_id = MITTE,
		.kind = RESOURCE_ROOM,
		.name = "Room",
		.capacity = capacity,
		.is_active = true};

	ck_assert_int_eq(room_create(c, &r), 0);
	return r.id;
}

static void take(const char *resource_id, int64_t lane, const char *from, const char *to)
{
	struct occupancy o = {.resource_id = resource_id,
		.lane = lane,
		.kind = OCCUPANCY_BLOCK,
		.starts_at = berlin(from),
		.ends_at = berlin(to)};

	ck_assert_int_eq(occupancy_add(c, &o), 1);
}

START_TEST(a_room_is_not_a_staff_member)
{
	struct resource r = {.branch_id = MITTE,
				.kind = RESOURCE_STAFF,
				.name = "Room",
				.capacity = 1},
			found;

	wrong(room_create(c, &r), "kind");
	r.kind = RESOURCE_DEVICE;
	r.branch_id = DENTAL_MAIN;
	wrong(room_create(c, &r), "branch_id");
	r.branch_id = NORD;
	ck_assert_int_eq(room_create(c, &r), 0);
	is_audited("resource.create", r.id, "");
	ck_assert_int_eq(room_find(c, r.id, &found), 1);
	ck_assert_int_eq(found.kind, RESOURCE_DEVICE);
	ck_assert_int_eq(room_find(c, SALON_ANNA, &found), 0);
	refused(room_change(c, SALON_ANNA, &r, bit(&RESOURCE, "name"), &found), E_NOT_FOUND, "");
	refused(room_delete(c, SALON_ANNA), E_NOT_FOUND, "");
	r.kind = RESOURCE_STAFF;
	wrong(room_change(c, r.id, &r, bit(&RESOURCE, "kind"), &found), "kind");
	c->company = dental();
	ck_assert_int_eq(room_find(c, r.id, &found), 0);
}
END_TEST

START_TEST(a_room_that_is_taken_stays_as_large_as_it_must)
{
	struct resource in = {.capacity = 2, .branch_id = NORD}, r;
	const char *id = make_room(4);
	uint64_t capacity = bit(&RESOURCE, "capacity"), branch = bit(&RESOURCE, "branch_id");
	int64_t seq = one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", id);

	take(id, 2, "2026-11-30T08:00", "2026-11-30T09:00"); /* ends now */
	ck_assert_int_eq(room_change(c, id, &in, capacity, &r), 0);
	ck_assert_int_eq(one_int(c, "SELECT booking_seq FROM resource WHERE id = ?", id), seq + 1);
	is_audited("resource.update", id, "capacity");
	in.capacity = 3;
	ck_assert_int_eq(room_change(c, id, &in, capacity, &r), 0);
	take(id, 2, "2026-11-30T09:00", "2026-11-30T10:00");
	in.capacity = 2;
	refused(room_change(c, id, &in, capacity, &r), E_STATE, "More of it is taken");
	refused(room_change(c, id, &in, branch, &r), E_STATE, "in its branch");
	refused(room_delete(c, id), E_STATE, "for a time to come");
	c->now = berlin("2026-11-30T10:00");
	ck_assert_int_eq(room_change(c, id, &in, capacity | branch, &r), 0);
	ck_assert_str_eq(r.branch_id, NORD);
	ck_assert_int_eq(room_delete(c, id), 0);
	is_audited("resource.delete", id, "");
	refused(room_delete(c, id), E_NOT_FOUND, "");
}
END_TEST

START_TEST(an_expired_hold_keeps_no_room)
{
	const char *id = make_room(1);
	struct occupancy o = {.resource_id = id,
		.kind = OCCUPANCY_HOLD,
		.starts_at = berlin("2026-12-01T09:00"),
		.ends_at = berlin("2026-12-01T10:00")};

	o.expires_at.ms = c->now.ms + 1;
	ck_assert_int_eq(occupancy_add(c, &o), 1);
	refused(room_delete(c, id), E_STATE, "for a time to come");
	c->now.ms++;
	ck_assert_int_eq(room_delete(c, id), 0);
}
END_TEST

START_TEST(segments_take_rooms)
{
	const char *id = make_service(30), *room = make_room(1);
	struct service_resource in = {.service_id = id, .requirement = 1, .resource_id = room}, r;
	struct rows all;

	ck_assert_int_eq(service_resource_create(c, &in, &r), 0);
	ck_assert_str_eq(r.resource_name, "Room");
	is_audited("service_resource.create", r.id, "");
	refused(service_resource_create(c, &in, &r), E_DUPLICATE, "resource_id");
	in.requirement = 2;
	ck_assert_int_eq(service_resource_create(c, &in, &r), 0);
	in.resource_id = SALON_ANNA;
	wrong(service_resource_create(c, &in, &r), "resource_id");
	in.resource_id = DENTAL_DIAZ;
	wrong(service_resource_create(c, &in, &r), "resource_id");
	in.resource_id = room;
	in.service_segment_id = CUT_SEGMENT;
	wrong(service_resource_create(c, &in, &r), "service_segment_id");
	ck_assert_int_eq(service_resource_list(c, id, &all), 2);
	refused(room_delete(c, room), E_STATE, "Massage needs it");
	for (size_t i = 0; i < 2; i++) {
		const char *row = ((struct service_resource *)all.p)[i].id;

		refused(service_resource_delete(c, HAIRCUT, row), E_NOT_FOUND, "");
		ck_assert_int_eq(service_resource_delete(c, id, row), 0);
	}
	ck_assert_int_eq(service_resource_list(c, id, &all), 0);
	ck_assert_int_eq(room_delete(c, room), 0);
}
END_TEST

START_TEST(a_segment_goes_with_who_and_what_it_took)
{
	const char *id = make_service(30), *second = make_segment(id, "Second", 0);
	struct service_staff staff = {.service_id = id,
				     .service_segment_id = second,
				     .staff_id = BEN},
			     s;
	struct service_resource room = {.service_id = id,
					.service_segment_id = second,
					.requirement = 1,
					.resource_id = make_room(1)},
				r;

	ck_assert_int_eq(service_staff_create(c, &staff, &s), 0);
	ck_assert_int_eq(service_resource_create(c, &room, &r), 0);
	ck_assert_int_eq(segment_delete(c, id, second), 0);
	refused(service_staff_get(c, id, s.id, &s), E_NOT_FOUND, "");
	refused(service_resource_get(c, id, r.id, &r), E_NOT_FOUND, "");
	ck_assert_int_eq(room_delete(c, room.resource_id), 0);
}
END_TEST

Suite *suite_rooms(void)
{
	Suite *s = suite_create("rooms");
	TCase *t = tcase_create("rooms");

	tcase_add_checked_fixture(t, salon_setup, salon_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, staff_can_do_segments);
	tcase_add_test(t, staff_who_are_gone_can_do_nothing);
	tcase_add_test(t, a_room_is_not_a_staff_member);
	tcase_add_test(t, a_room_that_is_taken_stays_as_large_as_it_must);
	tcase_add_test(t, an_expired_hold_keeps_no_room);
	tcase_add_test(t, segments_take_rooms);
	tcase_add_test(t, a_segment_goes_with_who_and_what_it_took);
	suite_add_tcase(s, t);
	return s;
}
