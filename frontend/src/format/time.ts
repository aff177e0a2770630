/**
 * Dates and times. Instants (`…Z`) are shown in a given IANA zone. Local dates (`YYYY-MM-DD`) and local wall-clock times
 * (`YYYY-MM-DDTHH:MM`) already are what the clock on the wall says; they are formatted as such, in no zone.
 */
const DAY_MS = 86_400_000

/** The local date of an instant in a zone. */
export function localDate(instant: string | Date, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(instant))
}

export function isLocalDate(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00Z`))
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The instant at which a local date begins in a zone, or the one so many days later; where midnight is skipped, the day's first. */
export function dayStart(date: string, zone: string, days = 0): string {
  const day = addDays(date, days)
  const midnight = Date.parse(`${day}T00:00Z`)
  const guess = midnight - offsetMs(new Date(midnight), zone)
  const start = midnight - offsetMs(new Date(guess), zone)
  return new Date(localDate(new Date(start), zone) < day ? guess : start).toISOString()
}

/** How far a zone's clocks are ahead of UTC. */
function offsetMs(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shown - Math.floor(at.getTime() / 1000) * 1000
}

export function formatDate(date: string, locale: string): string {
  return format(asWallClock(date), locale, 'UTC', { dateStyle: 'full' })
}

/** `1 Dec 2026` */
export function formatShortDate(date: string, locale: string): string {
  return format(asWallClock(date), locale, 'UTC', { dateStyle: 'medium' })
}

/** "Today" and "yesterday" by name, other days by date; the year only when it is not this one. */
export function formatDayName(date: string, today: string, locale: string): string {
  const days = Math.round((Date.parse(date) - Date.parse(today)) / DAY_MS)
  if (Math.abs(days) <= 1) return capital(new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day'))
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const }
  return format(asWallClock(date), locale, 'UTC', { weekday: 'long', day: 'numeric', month: 'long', ...year })
}

/** A local wall-clock time: `Tue, 1 Dec, 14:30`. */
export function formatLocal(local: string, locale: string): string {
  return format(asWallClock(local), locale, 'UTC', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...clock(locale),
  })
}

export function formatLocalTime(local: string, locale: string): string {
  return format(asWallClock(local), locale, 'UTC', { ...clock(locale) })
}

export function formatTime(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, { ...clock(locale) })
}

export function formatTimeWithSeconds(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, { ...clock(locale), second: '2-digit' })
}

/** `1 Dec 2026` */
export function formatMediumDate(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, { dateStyle: 'medium' })
}

/** `1 Dec, 14:30` */
export function formatShortInstant(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, { day: 'numeric', month: 'short', ...clock(locale) })
}

/** `1 Dec 2026, 14:30` */
export function formatInstant(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, { dateStyle: 'medium', timeStyle: 'short' })
}

/** `Tuesday, 1 December 2026 at 14:30 CET` */
export function formatInstantFully(instant: string, zone: string, locale: string): string {
  return format(new Date(instant), locale, zone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...clock(locale),
    timeZoneName: 'short',
  })
}

/** `09:30` where the day has 24 hours, `9:30 AM` where it has twice 12. */
function clock(locale: string): Intl.DateTimeFormatOptions {
  const { hour12 } = new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).resolvedOptions()
  return { hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit' }
}

function asWallClock(local: string): Date {
  return new Date(local.includes('T') ? `${local.slice(0, 16)}Z` : `${local}T00:00Z`)
}

function format(at: Date, locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  return Number.isNaN(at.getTime()) ? '—' : new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(at)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
