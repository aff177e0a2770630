/** Changes come in swarms, and to many browsers at once: these wait a moment, each another one. */
export const PAUSE_MS = 150
export const SPREAD_MS = 250
/** Between two runs, however much happens. */
export const LEAST_MS = 1_000

/** Runs `work` a moment after it was asked for, once for all who asked meanwhile. */
export function soon(work: () => unknown, random: () => number = Math.random) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = -LEAST_MS

  function run(): void {
    timer = undefined
    last = Date.now()
    work()
  }
  return {
    ask(): void {
      timer ??= setTimeout(run, Math.max(PAUSE_MS + random() * SPREAD_MS, last + LEAST_MS - Date.now()))
    },
    cancel: () => clearTimeout(timer),
  }
}
