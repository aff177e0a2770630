#include "core/sys/phone_number.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include <exception>
#include <string>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

constexpr const char *NO_REGION = "ZZ";

const char *region_or_none(const char *region)
{
	bool two = region != nullptr && strlen(region) == 2 && region[0] >= 'A' &&
		region[0] <= 'Z' && region[1] >= 'A' && region[1] <= 'Z';

	return two ? region : NO_REGION;
}

bool parse(const char *written, const char *region, PhoneNumber *number)
{
	if (written == nullptr || strnlen(written, PHONE_MAX + 1) > PHONE_MAX ||
		!utf8_valid(written, strlen(written)))
		return false;
	return PhoneNumberUtil::GetInstance()->Parse(written, region, number) ==
		PhoneNumberUtil::NO_PARSING_ERROR;
}

/* A few numbers lose a zero each time they are read. Such a one is none. */
bool stays_itself(const std::string &e164)
{
	PhoneNumber number;
	std::string again;

	if (!parse(e164.c_str(), NO_REGION, &number))
		return false;
	PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &again);
	return again == e164;
}

const char *format(struct arena *mem, const char *e164, PhoneNumberUtil::PhoneNumberFormat how)
{
	PhoneNumber number;
	std::string out;

	if (!parse(e164, NO_REGION, &number))
		return e164;
	PhoneNumberUtil::GetInstance()->Format(number, how, &out);
	return out.empty() ? e164 : mem_text(mem, out.c_str());
}

/* Nothing the library throws may pass into C: to us it is no number. */
void log_thrown(const std::exception &e)
{
	log_line("phone_number", "thrown", e.what(), NULL);
}

} // namespace

const char *phone_e164(struct arena *mem, const char *written, const char *region)
try {
	PhoneNumber number;
	std::string out;

	if (!parse(written, region_or_none(region), &number) ||
		PhoneNumberUtil::GetInstance()->IsPossibleNumberWithReason(number) !=
			PhoneNumberUtil::IS_POSSIBLE)
		return nullptr; /* local numbers are not: from elsewhere they name another */
	PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::E164, &out);
	/* "+" and at most 15 digits (ITU-T E.164 section 6) */
	if (out.size() < 3 || out.size() > 16 || out[0] != '+' || !stays_itself(out))
		return nullptr;
	return mem_text(mem, out.c_str());
} catch (const std::exception &e) {
	log_thrown(e);
	return nullptr;
}

bool phone_probably_valid(const char *e164)
try {
	PhoneNumber number;

	return parse(e164, NO_REGION, &number) &&
		PhoneNumberUtil::GetInstance()->IsValidNumber(number);
} catch (const std::exception &e) {
	log_thrown(e);
	return false;
}

const char *phone_national(struct arena *mem, const char *e164)
try {
	return format(mem, e164, PhoneNumberUtil::NATIONAL);
} catch (const std::exception &e) {
	log_thrown(e);
	return e164;
}

const char *phone_international(struct arena *mem, const char *e164)
try {
	return format(mem, e164, PhoneNumberUtil::INTERNATIONAL);
} catch (const std::exception &e) {
	log_thrown(e);
	return e164;
}

const char *phone_region(struct arena *mem, const char *e164)
try {
	PhoneNumber number;
	std::string region;

	if (!parse(e164, NO_REGION, &number))
		return nullptr;
	PhoneNumberUtil::GetInstance()->GetRegionCodeForNumber(number, &region);
	/* "001" is no country: freephone and satellite numbers of the world */
	if (region.size() != 2 || region == NO_REGION)
		return nullptr;
	return mem_text(mem, region.c_str());
} catch (const std::exception &e) {
	log_thrown(e);
	return nullptr;
}
