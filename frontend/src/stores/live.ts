import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { apiGet, apiPost } from '@/api/client'
import type { LiveTicket } from '@/api/types'
import { follow, type Change, type Changes, type FollowState } from '@/live/follow'
import { useSession } from './session'

/** Called with the records that changed ("appointment", "task", …), or with null: anything may have. */
type Listener = (records: Set<string> | null) => void

/** A window that nobody looks at needs no stream after a while: browsers open few to one server. */
const HIDDEN_MS = 60_000

/** What changes in the chosen company, as long as somebody is logged in. */
export const useLiveStore = defineStore('live', () => {
  const session = useSession()
  const state = ref<FollowState>('polling')
  const listeners = new Set<Listener>()
  let stop: (() => void) | null = null

  const tell = (records: Set<string> | null) => listeners.forEach((listener) => listener(records))

  const server = {
    ticket: async () => (await apiPost<LiveTicket>('/api/v2/live/ticket')).url,
    changes: (after: number | null) => apiGet<Changes>('/api/v2/changes', { query: { after } }),
    open: (url: string) => new EventSource(url),
  }
  const follower = {
    changed: (changes: Change[]) => tell(new Set(changes.map(({ kind }) => kind.slice(0, kind.indexOf('.'))))),
    reset: () => tell(null),
    state: (now: FollowState) => (state.value = now),
  }

  function begin(): void {
    stop?.()
    stop = session.companyId === null ? null : follow(server, follower)
  }
  function end(): void {
    stop?.()
    stop = null
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  function onVisibility(): void {
    clearTimeout(pause)
    if (document.visibilityState === 'hidden') pause = setTimeout(end, HIDDEN_MS)
    else if (stop === null) {
      begin()
      tell(null)
    }
  }

  watch(() => session.companyId, begin, { immediate: true })
  document.addEventListener('visibilitychange', onVisibility)

  function listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return { state, listen }
})
