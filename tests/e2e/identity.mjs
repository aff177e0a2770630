// Accounts in the portal: somebody signs up and proves the address, sets up a
// second factor, invites somebody, who forgets the password. The letters are
// those that the sandbox's SMTP server got.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { request, waitFor } from '../support/http.mjs'
import { openGuarded } from './browser.mjs'

const PICTURES = fileURLToPath(new URL('../../build/e2e/', import.meta.url))
const PASSWORD = 'kastanie-12-lampe-fjord'
const NEW_PASSWORD = 'fjord-lampe-21-kastanie'
const STEP_MS = 30_000
/** Chromium writes every refused request to the console; what was refused is asserted on the page. */
const REFUSED = /^console: Failed to load resource: the server responded with a status of 4\d\d/
const once = Date.now().toString(36)
const address = (name) => `${name}-${once}@portal.example`

/** Runs a way through the portal in a browser session of its own; a fault on any of its pages fails it. */
async function walk(browser, base, name, way) {
  const { page, faults, close } = await openGuarded(browser, base)
  const picture = (part) => page.screenshot({ path: `${PICTURES}${name}-${part}.png`, animations: 'disabled' })

  mkdirSync(PICTURES, { recursive: true })
  try {
    await way(page, picture)
    assert.deepEqual(faults.filter((fault) => !REFUSED.test(fault)), [])
  } catch (error) {
    await picture('failed').catch(() => {})
    throw error
  } finally {
    await close()
  }
}

/** The path of the link in the letter to an address about a page of the portal. */
function letter(sandbox, to, what) {
  const link = new RegExp(`^http://[^/]+(/${what}\\?token=[\\w-]+)$`, 'm')

  return waitFor(`a letter to ${to}`, async () => {
    const { messages } = (await request(`${sandbox}/sent.json?since=0`)).json
    const sent = messages.find((m) => m.kind === 'email' && m.to === to && link.test(m.body))
    return sent && link.exec(sent.body)[1]
  }, { timeoutMs: 15_000 })
}

/** RFC 6238, as an authenticator app does it. */
function codeOf(secret, steps = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + steps))
  const hash = createHmac('sha1', key).update(counter).digest()
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const atCalls = (page) => page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
const button = (page, name) => page.getByRole('button', { name, exact: true })
const password = (page, label = 'Password') => page.getByLabel(label, { exact: true })

async function logIn(page, base, email, secret) {
  await page.goto(`${base}/login`)
  await page.getByLabel('Email address').fill(email)
  await password(page).fill(secret)
  await button(page, 'Log in').click()
}

async function logOut(page) {
  await page.getByRole('banner').getByRole('button', { expanded: false }).last().click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await button(page, 'Log in').waitFor()
}

async function openSettings(page, part) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('navigation', { name: 'Parts of the settings' }).getByRole('link', { name: part }).click()
}

/** Signs up, proves the address by the letter's link, and is in the portal. Resolves to the address. */
export async function signUp(browser, base, sandbox) {
  const email = address('founder')

  await walk(browser, base, 'signup', async (page, picture) => {
    await page.goto(base)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Name of the company').fill('Portal & Söhne')
    await page.getByLabel('Your name').fill('Frida Founder')
    await page.getByLabel('Email address').fill(email)
    await password(page).fill('Passwort1234')
    await page.getByLabel('Country').click()
    await page.getByPlaceholder('Search').fill('Austria')
    await page.getByRole('option', { name: 'Austria' }).click()
    await button(page, 'Create account').click()
    await page.getByText('too easy to guess').waitFor()
    await picture('refused')
    await password(page).fill(PASSWORD)
    await button(page, 'Create account').click()
    await atCalls(page)
    await page.getByText(`that we sent to ${email}`).waitFor()

    await page.goto(base + await letter(sandbox, email, 'verify-email'))
    await page.getByText('your email address is confirmed').waitFor()
    assert.equal(new URL(page.url()).search, '', 'the token has left the address bar')
    await page.getByRole('link', { name: 'To the portal' }).click()
    await atCalls(page)
    await page.getByText(`that we sent to ${email}`).waitFor({ state: 'detached' })
    await openSettings(page, 'Company')
    assert.match(await page.getByLabel('Country').innerText(), /Austria/)
  })
  return email
}

/** The company wants second factors from now on; for some seconds the server may remember that it did not. */
async function demandTwoFactors(page) {
  await openSettings(page, 'Company')
  const protection = page.getByRole('region', { name: 'Protection' })
  await protection.getByRole('switch', { name: 'Second factor for administrators' }).click()
  await button(protection, 'Save').click()
  await waitFor('the portal to ask for a second factor', async () => {
    await page.reload()
    const gate = page.getByRole('heading', { name: 'One more step' })
    await gate.or(protection).first().waitFor()
    return gate.isVisible()
  }, { timeoutMs: 15_000 })
}

/** Sets up a second factor where the company demands it; from then on the password is not enough, and a code works once. */
export async function useTwoFactors(browser, base, email) {
  await walk(browser, base, 'two-factor', async (page, picture) => {
    await logIn(page, base, email, PASSWORD)
    await atCalls(page)
    await demandTwoFactors(page)
    await page.getByText('Portal & Söhne wants everybody in your role').waitFor()
    await button(page, 'Set up').click()
    const card = page.getByRole('region', { name: 'Second factor' })
    await card.getByRole('img', { name: 'QR code' }).waitFor()
    await picture('setup')
    const secret = (await card.locator('code').innerText()).replaceAll(' ', '')
    const code = codeOf(secret)
    await card.getByLabel('Code').fill(code)
    await button(page, 'Turn on').click()
    const codes = await card.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts()
    assert.equal(new Set(codes).size, 10)
    await button(page, 'I have kept them').click()
    await openSettings(page, 'My account')
    await button(page, 'Turn off').waitFor()

    await logOut(page)
    await logIn(page, base, email, PASSWORD)
    await page.getByLabel('Code').fill(code)
    await button(page, 'Log in').click()
    await page.getByRole('alert').getByText('wrong or was used before').waitFor()
    await picture('code')
    await page.getByLabel('Code').fill(codeOf(secret, 1))
    await button(page, 'Log in').click()
    await atCalls(page)

    await logOut(page)
    await logIn(page, base, email, PASSWORD)
    await page.getByLabel('Code').fill(codes[0])
    await button(page, 'Log in').click()
    await atCalls(page)
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
    assert.ok(![secret, codes[0], 'eyJ'].some((each) => kept.includes(each)), `the browser keeps ${kept}`)
  })
}

/** The demo's owner invites somebody new, who comes in with a new account. Resolves to the address. */
export async function acceptInvitation(browser, base, sandbox, owner) {
  const email = address('guest')

  await walk(browser, base, 'invite', async (page, picture) => {
    await logIn(page, base, owner.email, owner.password)
    await atCalls(page)
    await openSettings(page, 'People')
    await button(page, 'Invite somebody').click()
    const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
    await dialog.getByLabel('Email address').fill(email)
    await picture('dialog')
    await button(dialog, 'Send invitation').click()
    const open = page.getByRole('region', { name: 'Open invitations' })
    await open.getByText(email).waitFor()
  })
  await walk(browser, base, 'accept', async (page, picture) => {
    await page.goto(base + await letter(sandbox, email, 'invitation'))
    await page.getByRole('heading', { name: 'Join Salon Morgenrot' }).waitFor()
    await page.getByLabel('Your name').fill('Gisela Gast')
    await password(page).fill(PASSWORD)
    await picture('form')
    await button(page, 'Create account and join').click()
    await atCalls(page)
    await page.getByRole('banner').getByText('Staff member').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Settings' }).count(), 0, 'staff sees no settings of the company')
  })
  return email
}

/** Forgets the password, and sets a new one by the letter's link, which works once. */
export async function resetPassword(browser, base, sandbox, email) {
  await walk(browser, base, 'reset', async (page, picture) => {
    await page.goto(`${base}/login`)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('Email address').fill(email)
    await button(page, 'Send the link').click()
    await page.getByText('an email is on its way').waitFor()
    const link = await letter(sandbox, email, 'reset-password')
    await page.goto(base + link)
    await password(page, 'New password').fill(NEW_PASSWORD)
    await button(page, 'Set password').click()
    await page.getByText('Your new password is set').waitFor()
    await picture('done')
    await page.goto(base + link)
    await password(page, 'New password').fill(PASSWORD)
    await button(page, 'Set password').click()
    await page.getByText('was used already').waitFor()
    await logIn(page, base, email, NEW_PASSWORD)
    await atCalls(page)
  })
}

/** Changes settings, makes a key that is shown once, and finds both in the log. */
export async function changeSettings(browser, base, owner) {
  await walk(browser, base, 'settings', async (page, picture) => {
    await logIn(page, base, owner.email, owner.password)
    await atCalls(page)
    await openSettings(page, 'Company')
    const bookings = page.getByRole('region', { name: 'Bookings' })
    await bookings.getByLabel('at most').fill('many')
    await button(bookings, 'Save').click()
    await bookings.getByText('whole number').waitFor()
    await bookings.getByLabel('at most').fill('7')
    await button(bookings, 'Save').click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    assert.equal(await bookings.getByLabel('at most').inputValue(), '7')

    await openSettings(page, 'API keys')
    await button(page, 'Create key').click()
    const dialog = page.getByRole('dialog', { name: 'Create key' })
    await dialog.getByLabel('Name').fill(`Website ${once}`)
    await button(dialog, 'Create').click()
    const shown = page.getByRole('status', { name: 'Your new key' })
    assert.match(await shown.locator('code').innerText(), /^fdk_test_\w{38}$/)
    await picture('key')
    await button(page, 'I have kept it').click()
    await page.getByRole('listitem').filter({ hasText: `Website ${once}` }).getByText('never used').waitFor()

    await openSettings(page, 'Audit log')
    await page.getByRole('listitem').filter({ hasText: 'API key created' }).first().getByText('API key created').click()
    await page.getByRole('term').filter({ hasText: 'Request' }).first().waitFor()
    await page.getByRole('listitem').filter({ hasText: 'Settings changed' }).first().waitFor()
    await picture('audit')
    const saved = page.waitForEvent('download')
    await button(page, 'Save as CSV').click()
    assert.equal((await saved).suggestedFilename(), 'audit.csv')
  })
}

/** The platform's administrator enters a company with a reason, and leaves it. */
export async function enterCompany(browser, base) {
  await walk(browser, base, 'enter', async (page, picture) => {
    await logIn(page, base, 'admin@frontdesk.example', 'frontdesk-demo')
    await page.getByRole('main').getByRole('link', { name: 'Companies' }).click()
    await button(page, 'Enter Bright Smile Dental').click()
    const dialog = page.getByRole('dialog', { name: 'Enter Bright Smile Dental' })
    await dialog.getByLabel('Reason').fill('The owner asked for help with the calls.')
    await button(dialog, 'Enter').click()
    await atCalls(page)
    const notice = page.getByText('You are in Bright Smile Dental as Platform administrator until')
    await notice.waitFor()
    await picture('inside')
    await page.reload()
    await notice.waitFor()
    await button(page, 'Leave').click()
    await notice.waitFor({ state: 'detached' })
    await page.getByText('You are in no company').waitFor()
  })
}
