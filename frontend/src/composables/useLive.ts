import { onMounted, onUnmounted } from 'vue'
import { useLiveStore } from '@/stores/live'
import { usePolling } from './usePolling'

/** Changes come in swarms, and to many browsers at once: these wait a moment, each another one. */
const PAUSE_MS = 150
const SPREAD_MS = 250
/** Whatever happens, what is shown is never older. */
const OLDEST_MS = 120_000

/** Runs `work` soon after one of these records has changed: at once while the page is visible, else when it becomes so. */
export function useLive(records: string[], work: () => unknown): void {
  const live = useLiveStore()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  let end: (() => void) | undefined

  function run(): void {
    timer = undefined
    if (document.visibilityState !== 'visible') return
    isDue = false
    work()
  }
  function soon(): void {
    isDue = true
    timer ??= setTimeout(run, PAUSE_MS + Math.random() * SPREAD_MS)
  }
  function onVisible(): void {
    if (isDue) soon()
  }

  usePolling(work, OLDEST_MS)
  onMounted(() => {
    end = live.listen((changed) => {
      if (changed === null || records.some((each) => changed.has(each))) soon()
    })
    document.addEventListener('visibilitychange', onVisible)
  })
  onUnmounted(() => {
    end?.()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisible)
  })
}
