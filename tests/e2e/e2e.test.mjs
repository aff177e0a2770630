// The portal in a real Chromium, against a whole Frontdesk in which one call has
// been placed. BASE=http://… SANDBOX=http://… use a running one whose newest call
// has booked.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startStack } from '../support/stack.mjs'
import { launch, openGuarded } from './browser.mjs'
import * as identity from './identity.mjs'
import { journey, OWNER } from './journey.mjs'

const DEMO = fileURLToPath(new URL('../demo.mjs', import.meta.url))

let stack
let base
let sandbox
let browser

before(async () => {
  if (!process.env.BASE) {
    stack = await startStack({
      port: Number(process.env.TEST_PORT ?? 18080),
      args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
    })
    await promisify(execFile)(process.execPath, [DEMO, '--base', stack.base, '--sandbox', stack.sandbox, '--pace', '0'])
  }
  base = process.env.BASE ?? stack.base
  sandbox = process.env.SANDBOX ?? stack?.sandbox
  browser = await launch()
}, { timeout: 120_000 })

after(async () => {
  await browser?.close()
  await stack?.stop()
})

test('from the log-in over the newest call to its appointment', { timeout: 90_000 }, async () => {
  assert.notEqual(await journey(browser, base), '')
})

async function openParts(page, isWide) {
  const parts = page.getByRole('navigation', { name: 'Parts of the settings' })

  for (const part of ['People', 'API keys', 'Audit log', 'My account', 'Company']) {
    await parts.getByRole('link', { name: part }).tap()
    await page.getByRole('main').getByRole('region').first().waitFor()
    await page.getByRole('status').filter({ hasText: 'Loading' }).first().waitFor({ state: 'detached' })
    assert.equal(await isWide(), false, `${part} is wider than the screen`)
  }
}

test('what somebody else does is shown at once', { timeout: 60_000 }, async () => {
  const { page, faults, close } = await openGuarded(browser, base)
  const name = `Livia ${Date.now()}`

  await page.goto(`${base}/customers`)
  await page.getByLabel('Email address').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/v2/auth/login'))
  await page.getByRole('button', { name: 'Log in' }).click()
  const { access_token: token } = await (await answered).json()
  await page.getByRole('heading', { name: 'Customers', level: 1 }).waitFor()
  await page.getByText('Live', { exact: true }).first().waitFor()
  const r = await fetch(`${base}/api/v2/customers`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ name }),
  })
  assert.equal(r.status, 201)
  await page.getByRole('main').getByText(name).waitFor({ timeout: 2000 })
  assert.deepEqual(faults, [])
  await close()
})

test('a phone shows the same without scrolling sideways', { timeout: 60_000 }, async () => {
  const { page, faults, close } = await openGuarded(browser, base, {
    viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true,
  })
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > screen.width)

  await page.goto(base)
  await page.getByLabel('Email address').fill('owner@salon.example')
  await page.getByLabel('Password', { exact: true }).fill('frontdesk-demo')
  await page.getByRole('button', { name: 'Log in' }).tap()
  for (const place of ['Appointments', 'Customers', 'Operations', 'Settings', 'Calls']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).tap()
    await page.getByRole('heading', { name: place, level: 1 }).waitFor()
    assert.equal(await isWide(), false, `${place} is wider than the screen`)
    if (place === 'Settings') await openParts(page, isWide)
  }
  await page.getByRole('main').getByRole('listitem').first().getByRole('link').tap()
  await page.getByRole('region', { name: 'Transcript' }).getByRole('listitem').first().waitFor()
  assert.equal(await isWide(), false, 'the call is wider than the screen')
  assert.deepEqual(faults, [])
  await close()
})

test('the log-in says what is wrong, and leads nowhere else', { timeout: 30_000 }, async () => {
  const { page, close } = await openGuarded(browser, base)

  await page.goto(`${base}/customers`)
  await page.getByLabel('Email address').fill('owner@salon.example')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').getByText('do not match').waitFor()
  await page.goto(`${base}/login?next=//elsewhere.example/`)
  await page.getByLabel('Email address').fill('owner@salon.example')
  await page.getByLabel('Password', { exact: true }).fill('frontdesk-demo')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/calls')
  await close()
})

test('somebody signs up, proves the address, and sets up a second factor', { timeout: 60_000 }, async () => {
  const email = await identity.signUp(browser, base, sandbox)
  await identity.useTwoFactors(browser, base, email)
})

test('somebody is invited, comes in, and forgets the password', { timeout: 60_000 }, async () => {
  const email = await identity.acceptInvitation(browser, base, sandbox, OWNER)
  await identity.resetPassword(browser, base, sandbox, email)
})

test('settings, a key that is shown once, and what the log says of them', { timeout: 60_000 }, () =>
  identity.changeSettings(browser, base, OWNER))

test('an administrator enters a company, which says so, and leaves it', { timeout: 30_000 }, () =>
  identity.enterCompany(browser, base))

test('control: the guard sees inline code, inline styles, eval and other origins', { timeout: 30_000 }, async () => {
  const { page, faults, close } = await openGuarded(browser, base)

  await page.goto(base)
  await page.getByRole('button', { name: 'Log in' }).waitFor()
  assert.deepEqual(faults, [])
  await page.evaluate(async () => {
    document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))
    document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { color: red }' }))
    await fetch('http://127.0.0.1:9/').catch(() => {})
    await new Promise((resolve) => {
      setTimeout('window.ran = true')
      setTimeout(resolve, 200)
    })
  })
  const seen = faults.filter((fault) => fault.startsWith('policy: ')).map((fault) => fault.split(' ')[1]).sort()
  assert.deepEqual(seen, ['connect-src', 'script-src', 'script-src-elem', 'style-src-elem'])
  assert.equal(await page.evaluate(() => window.ran), undefined)
  await close()
})
