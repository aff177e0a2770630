/* h_service.h - services, their segments, staff and rooms; rooms and devices. */
#ifndef FRONTDESK_H_SERVICE_H
#define FRONTDESK_H_SERVICE_H

#include "fcgi/req.h"

int h_services(struct req *r);
int h_service(struct req *r);
int h_service_create(struct req *r);
int h_service_update(struct req *r);
int h_service_delete(struct req *r);

int h_segment_create(struct req *r);
int h_segment_update(struct req *r);
int h_segment_delete(struct req *r);

int h_service_staff_list(struct req *r);
int h_service_staff(struct req *r);
int h_service_staff_create(struct req *r);
int h_service_staff_update(struct req *r);
int h_service_staff_delete(struct req *r);

int h_service_resource_list(struct req *r);
int h_service_resource(struct req *r);
int h_service_resource_create(struct req *r);
int h_service_resource_delete(struct req *r);

int h_rooms(struct req *r);
int h_room(struct req *r);
int h_room_create(struct req *r);
int h_room_update(struct req *r);
int h_room_delete(struct req *r);

#endif
