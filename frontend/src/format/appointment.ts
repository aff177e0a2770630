import type { Booking } from '@/api/types'

const OFF = new Set(['cancelled', 'no_show'])

/** Appointments that begin at the same minute stand together, in order of time and then of staff. */
export function groupByStart(rows: Booking[]): { start: string; rows: Booking[] }[] {
  const groups = new Map<string, Booking[]>()
  for (const row of rows) {
    const start = row.local_start.slice(0, 16)
    groups.set(start, [...(groups.get(start) ?? []), row])
  }
  const byStaff = (a: Booking, b: Booking) => (a.staff_name ?? '').localeCompare(b.staff_name ?? '')
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([start, grouped]) => ({ start, rows: grouped.sort(byStaff) }))
}

/** How many appointments will take place and what they are worth; no sum when they are not all in one currency. */
export function daySummary(rows: Booking[]): { count: number; minor: number; currency: string | null } {
  const on = rows.filter((row) => !OFF.has(row.status))
  const currencies = new Set(on.map((row) => row.currency))
  const [currency] = currencies
  return {
    count: on.length,
    minor: on.reduce((sum, row) => sum + row.price_cents, 0),
    currency: currencies.size === 1 && currency ? currency : null,
  }
}
