import { computed } from 'vue'
import { addDays, isLocalDate } from '@/format/time'
import { useFormat } from './useFormat'
import { useQueryState } from './useQueryState'

export const PERIODS = ['any', 'today', 'yesterday', '7d', '30d', 'custom'] as const

/** A span of local days in the query string: by name, so that a link stays "the last 7 days", or by two dates. */
export function usePeriod() {
  const name = useQueryState('period')
  const from = useQueryState('from')
  const to = useQueryState('to')
  const { today } = useFormat()

  const range = computed<{ from: string | null; to: string | null }>(() => {
    const now = today()
    switch (name.value) {
      case 'today':
        return { from: now, to: now }
      case 'yesterday':
        return { from: addDays(now, -1), to: addDays(now, -1) }
      case '7d':
        return { from: addDays(now, -6), to: now }
      case '30d':
        return { from: addDays(now, -29), to: now }
      case 'custom':
        return { from: isLocalDate(from.value) ? from.value : null, to: isLocalDate(to.value) ? to.value : null }
      default:
        return { from: null, to: null }
    }
  })
  return { name, from, to, range }
}
