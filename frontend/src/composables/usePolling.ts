import { onMounted, onUnmounted } from 'vue'

/** Runs `work` every `ms` while the page is mounted and visible, and at once when it becomes visible again. */
export function usePolling(work: () => unknown, ms: number): void {
  let timer: ReturnType<typeof setInterval> | undefined
  let last = Date.now()

  function tick(): void {
    if (document.visibilityState !== 'visible') return
    last = Date.now()
    work()
  }
  function onVisible(): void {
    if (Date.now() - last >= ms) tick()
  }

  onMounted(() => {
    timer = setInterval(tick, ms)
    document.addEventListener('visibilitychange', onVisible)
  })
  onUnmounted(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', onVisible)
  })
}
