// A real browser, and a guard on each page that notes what must never happen:
// a violation of the Content-Security-Policy, an error on the console, and a
// request to another origin than the portal's.
import { chromium } from 'playwright-core'

const WAIT_MS = 15_000
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
}

/** A page of its own session: {page, faults, close()}. */
export async function openGuarded(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: 'en-GB', ...options })
  const page = await context.newPage()
  const faults = []

  page.setDefaultTimeout(WAIT_MS)
  page.setDefaultNavigationTimeout(WAIT_MS)
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(base).host) faults.push(`foreign request: ${url}`)
  })
  await page.exposeFunction('noteViolation', (what) => faults.push(`policy: ${what}`))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      window.noteViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  return { page, faults, close: () => context.close() }
}
