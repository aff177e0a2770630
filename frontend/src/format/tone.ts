export type Color = 'primary' | 'info' | 'success' | 'warning' | 'error' | 'neutral'

const TONES = {
  call_status: {
    inbound: 'info',
    ongoing: 'info',
    completed: 'neutral',
    analyzed: 'neutral',
    failed: 'error',
    missed: 'warning',
  },
  outcome: {
    none: 'neutral',
    booked: 'success',
    alternative_booked: 'primary',
    offered: 'warning',
    unclear: 'warning',
    failed: 'error',
  },
  appointment_status: {
    scheduled: 'info',
    confirmed: 'success',
    in_progress: 'primary',
    completed: 'neutral',
    cancelled: 'neutral',
    no_show: 'error',
    needs_attention: 'warning',
  },
  journey: {
    lead: 'neutral',
    prospect: 'info',
    customer: 'success',
    regular: 'success',
    vip: 'primary',
    inactive: 'neutral',
  },
  job_state: { queued: 'info', running: 'info', done: 'success', dead: 'error' },
  event_status: { queued: 'info', running: 'info', done: 'success', dead: 'error' },
  message_status: {
    queued: 'info',
    sent: 'success',
    delivered: 'success',
    failed: 'error',
    undelivered: 'error',
    bounced: 'error',
    opted_out: 'warning',
  },
  sentiment: { positive: 'success', neutral: 'neutral', negative: 'warning' },
  company_status: { trial: 'info', active: 'success', suspended: 'warning', closed: 'neutral' },
  task_status: { open: 'warning', done: 'success' },
} satisfies Record<string, Record<string, Color>>

const LIVE = new Set([
  'call_status.inbound',
  'call_status.ongoing',
  'job_state.running',
  'appointment_status.in_progress',
])

export type ToneGroup = keyof typeof TONES

/** The colour that a state has everywhere; unknown states are neutral. `isLive`: it is going on right now. */
export function toneOf(group: ToneGroup, value: string): { color: Color; isLive: boolean } {
  const colors: Record<string, Color> = TONES[group]
  return { color: colors[value] ?? 'neutral', isLive: LIVE.has(`${group}.${value}`) }
}
