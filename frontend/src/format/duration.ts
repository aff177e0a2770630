/** A length of time as people read it on a phone: `0:42`, `3:07`, `1:02:05`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A short wait, as between an event's arrival and its processing: `85ms`, `1.2s`, `4m`. */
export function formatLatency(ms: number, locale: string): string {
  const [value, unit, digits] =
    ms < 1000 ? [ms, 'millisecond', 0] : ms < 60_000 ? [ms / 1000, 'second', 1] : [ms / 60_000, 'minute', 0]
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'narrow',
    maximumFractionDigits: Number(digits),
  }).format(Number(value))
}
