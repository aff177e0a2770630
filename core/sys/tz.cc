#include "core/sys/tz.h"
#include <sys/stat.h>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

struct tz {
	absl::TimeZone zone;
};

namespace
{

constexpr size_t NAME_MAX_LENGTH = 64;

std::string zoneinfo_dir()
{
	const char *dir = getenv("TZDIR");

	return dir != nullptr && *dir != '\0' ? dir : "/usr/share/zoneinfo";
}

/* IANA names only: "localtime" and the copies with other clocks are files of
 * the same directory, but no places. */
bool name_plausible(const char *s)
{
	static const char *const OTHERS[] = {
		"localtime", "posixrules", "Factory", "leapseconds", "posix/", "right/"};
	size_t n = strlen(s);

	if (n == 0 || n > NAME_MAX_LENGTH || s[0] == '/')
		return false;
	for (const char *p = s; *p != '\0'; p++) {
		bool letter = (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z');

		if (!letter && !(*p >= '0' && *p <= '9') && strchr("/_+-", *p) == nullptr)
			return false;
	}
	for (const char *other : OTHERS) {
		if (strncmp(s, other, strlen(other)) == 0)
			return false;
	}
	return true;
}

/* Abseil remembers every name that it was ever asked for, unknown ones too:
 * it is asked for existing files only. */
bool file_exists(const std::string &name)
{
	struct stat st;

	return stat((zoneinfo_dir() + "/" + name).c_str(), &st) == 0 && S_ISREG(st.st_mode);
}

const struct tz *find(const std::string &name)
{
	/* lives as long as the process: never destroyed */
	static auto *zones = new std::map<std::string, std::unique_ptr<struct tz>>();
	auto known = zones->find(name);

	if (known != zones->end())
		return known->second.get();
	auto z = std::make_unique<struct tz>();
	if (name == "UTC")
		z->zone = absl::UTCTimeZone();
	else if (!file_exists(name) || !absl::LoadTimeZone(name, &z->zone))
		return nullptr;
	return zones->emplace(name, std::move(z)).first->second.get();
}

absl::Time time_of(ts_t t)
{
	return absl::FromUnixMillis(t.ms);
}

ts_t ts_of(absl::Time t)
{
	return ts_t{absl::ToUnixMillis(t)};
}

std::string version()
{
	static const std::string BEFORE = "# version ";
	std::string line;
	std::ifstream zi(zoneinfo_dir() + "/tzdata.zi");

	if (zi && std::getline(zi, line) && line.compare(0, BEFORE.size(), BEFORE) == 0)
		return line.substr(BEFORE.size(), 32);
	std::ifstream plain(zoneinfo_dir() + "/+VERSION");
	if (plain && std::getline(plain, line) && !line.empty())
		return line.substr(0, 32);
	return "unknown";
}

} // namespace

const struct tz *tz_find(const char *name)
try {
	return name != nullptr && name_plausible(name) ? find(name) : nullptr;
} catch (const std::exception &e) {
	BUG("time zone: %s", e.what());
}

struct tz_instants tz_of_wall(const struct tz *z, wall_t w)
try {
	absl::CivilSecond local(absl::CivilMinute() + w.min);
	absl::TimeZone::TimeInfo at = z->zone.At(local);
	struct tz_instants out = {TZ_UNIQUE, ts_of(at.pre), ts_of(at.pre)};

	switch (at.kind) {
	case absl::TimeZone::TimeInfo::UNIQUE:
		break;
	case absl::TimeZone::TimeInfo::SKIPPED:
		out.kind = TZ_SKIPPED;
		out.first = out.second = ts_of(at.trans);
		break;
	case absl::TimeZone::TimeInfo::REPEATED:
		out.kind = TZ_REPEATED;
		out.second = ts_of(at.post);
		break;
	}
	return out;
} catch (const std::exception &e) {
	BUG("time zone: %s", e.what());
}

wall_t tz_wall(const struct tz *z, ts_t t)
try {
	absl::CivilMinute local(z->zone.At(time_of(t)).cs);

	return wall_t{local - absl::CivilMinute()};
} catch (const std::exception &e) {
	BUG("time zone: %s", e.what());
}

int tz_offset(const struct tz *z, ts_t t)
try {
	return z->zone.At(time_of(t)).offset / 60;
} catch (const std::exception &e) {
	BUG("time zone: %s", e.what());
}

const char *tz_version(void)
try {
	static const auto *text = new std::string(version());

	return text->c_str();
} catch (const std::exception &e) {
	BUG("time zone data: %s", e.what());
}
