import { onMounted, onUnmounted } from 'vue'
import { soon } from '@/live/soon'
import { useLiveStore } from '@/stores/live'
import { usePolling } from './usePolling'

/** Whatever happens, what is shown is never older. */
const OLDEST_MS = 120_000

/** Runs `work` soon after one of these records has changed: at once while the page is visible, else when it becomes so. */
export function useLive(records: string[], work: () => unknown): void {
  const live = useLiveStore()
  let isDue = false
  let end: (() => void) | undefined

  const { ask, cancel } = soon(() => {
    if (document.visibilityState !== 'visible') return
    isDue = false
    work()
  })
  function note(): void {
    isDue = true
    ask()
  }
  function onVisible(): void {
    if (isDue) ask()
  }

  usePolling(work, OLDEST_MS)
  onMounted(() => {
    end = live.listen((changed) => {
      if (changed === null || records.some((each) => changed.has(each))) note()
    })
    document.addEventListener('visibilitychange', onVisible)
  })
  onUnmounted(() => {
    end?.()
    cancel()
    document.removeEventListener('visibilitychange', onVisible)
  })
}
