import type { Call } from '@/api/types'
import type { ToneGroup } from './tone'

const UNFINISHED = new Set(['inbound', 'ongoing'])

/** What says most about a call in one word: what came of it, or else how far it is. */
export function callState(call: Pick<Call, 'status' | 'booking_outcome'>): { group: ToneGroup; value: string } {
  const outcome = call.booking_outcome
  const isDecided = outcome !== null && (outcome !== 'none' || call.status === 'analyzed')
  return isDecided && !UNFINISHED.has(call.status)
    ? { group: 'outcome', value: outcome }
    : { group: 'call_status', value: call.status }
}

/** Whether more may still arrive for this call. */
export function isSettled(call: Pick<Call, 'status'>): boolean {
  return call.status === 'analyzed' || call.status === 'failed' || call.status === 'missed'
}

/** Splits rows that are in order of time into runs of the same local day. */
export function byDay<Row>(rows: Row[], dayOf: (row: Row) => string): { day: string; rows: Row[] }[] {
  const days: { day: string; rows: Row[] }[] = []
  for (const row of rows) {
    const day = dayOf(row)
    if (days.at(-1)?.day === day) days.at(-1)?.rows.push(row)
    else days.push({ day, rows: [row] })
  }
  return days
}
