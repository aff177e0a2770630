// Days as a caller and a calendar name them, in a branch's zone.

/** "2026-12-01": the date on the wall in `zone` at the instant `at`. */
export function localDate(zone, at = Date.now()) {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit',
  }).format(at);
}

/** 1 Monday … 7 Sunday. */
export function isoWeekday(date) {
  return new Date(`${date}T12:00:00Z`).getUTCDay() || 7;
}

export function addDays(date, n) {
  return new Date(Date.parse(`${date}T12:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
}

/** The first date after today in `zone` whose weekday is one of `days`. */
export function nextDay(zone, days, now = Date.now()) {
  const today = localDate(zone, now);

  for (let n = 1; n <= 7; n++) {
    const date = addDays(today, n);
    if (days.includes(isoWeekday(date))) return date;
  }
  throw new Error('no weekday was given to look for');
}

/** How a person says it: {weekday, date, time} in "de" or "en"; else as given. */
export function spoken(language, date, time) {
  const given = `${date}T${time}:00Z`;

  // V8 reads almost any text as some date, hence the pattern.
  if (!/^[\d-]{10}T\d\d:\d\d:00Z$/.test(given) || Number.isNaN(Date.parse(given))) return { weekday: date, date, time };

  const noon = new Date(`${date}T12:00:00Z`);
  const format = (options) => new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-US',
    { timeZone: 'UTC', ...options }).format(noon);

  return {
    weekday: format({ weekday: 'long' }),
    date: format({ day: 'numeric', month: 'long' }),
    time: language === 'de' ? germanTime(time) : englishTime(time),
  };
}

function germanTime(time) {
  const [hour, minute] = time.split(':').map(Number);
  return minute === 0 ? `${hour} Uhr` : `${hour} Uhr ${minute}`;
}

function englishTime(time) {
  const [hour, minute] = time.split(':').map(Number);
  const clock = `${hour % 12 || 12}${minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`}`;
  return `${clock} ${hour < 12 ? 'am' : 'pm'}`;
}
