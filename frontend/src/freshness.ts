/**
 * A page that has been open since before an update asks for parts that are gone. Loading it anew gets the new ones; once
 * only within a while, so that a part that is really missing does not reload the page for ever.
 */
const KEY = 'frontdesk:reloaded'
const AGAIN_AFTER_MS = 60_000

export function reloadWhenOutdated(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0)
    if (Date.now() - last < AGAIN_AFTER_MS) return
    event.preventDefault()
    sessionStorage.setItem(KEY, String(Date.now()))
    location.reload()
  })
}
