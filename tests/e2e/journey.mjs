// The owner's way through the portal: log in, newest call, its appointment.
// Needs a running Frontdesk whose newest call has booked an appointment.
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openGuarded } from './browser.mjs'

export const OWNER = { email: 'owner@salon.example', password: 'frontdesk-demo' }
const PICTURES = fileURLToPath(new URL('../../build/e2e/', import.meta.url))

async function logIn(page, base) {
  await page.goto(base)
  await page.getByLabel('Email address').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/v2/auth/login'))
  await page.getByRole('button', { name: 'Log in' }).click()
  const { access_token: token } = await (await answered).json()
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
  return token
}

/** Opens the newest call and returns its caller's name. */
async function readNewestCall(page, picture) {
  const newest = page.getByRole('main').getByRole('listitem').first()
  await newest.waitFor()
  await picture('calls')
  await newest.getByRole('link').click()

  const transcript = page.getByRole('region', { name: 'Transcript' })
  await transcript.getByRole('listitem').first().waitFor()
  const turns = await transcript.getByRole('listitem').allInnerTexts()
  assert.ok(turns.length >= 4, `the transcript has ${turns.length} turns`)
  assert.ok(turns.some((turn) => turn.startsWith('Agent')), 'the agent speaks')
  assert.ok(turns.some((turn) => !turn.startsWith('Agent')), 'the caller speaks')

  const cost = page.getByRole('region', { name: 'Cost' })
  await cost.getByRole('row', { name: /^Total .*\$0\.\d{4}/ }).waitFor()
  assert.match(await cost.innerText(), /€\d+\.\d{2}/)

  const events = page.getByRole('region', { name: 'Webhook events' })
  await events.getByText('Call analysed').waitFor()
  const messages = page.getByRole('region', { name: 'Messages' }).getByRole('listitem')
  await messages.filter({ hasText: /^SMS/ }).waitFor()
  await picture('call')
  return page.getByRole('heading', { level: 1 }).innerText()
}

async function followToAppointment(page, name, picture) {
  await page.getByRole('link', { name: 'Open appointment' }).click()
  await page.getByRole('heading', { name: 'Appointments', level: 1 }).waitFor()
  const chosen = page.locator('[aria-current="true"]')
  await chosen.getByRole('link', { name }).waitFor()
  assert.match(page.url(), /[?&]date=\d{4}-\d{2}-\d{2}/)
  await picture('appointments')

  await chosen.getByRole('link', { name: 'From call' }).click()
  await page.getByRole('region', { name: 'Transcript' }).waitFor()
  await page.getByRole('link', { name: 'Open customer' }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** A reload goes on with the cookie; no token is anywhere a script could find it. */
async function checkSession(page, token) {
  await page.reload()
  await page.getByRole('region', { name: 'Contact' }).waitFor()
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  assert.ok(!kept.includes(token) && !kept.includes('eyJ') && !kept.includes('refresh'), `the browser keeps ${kept}`)
}

/** The other places, in German and in the dark. */
async function lookAround(page, picture) {
  const menu = page.getByRole('banner').getByRole('button', { expanded: false }).last()
  for (const choice of ['Deutsch', 'Dunkel']) {
    await menu.click()
    await page.getByRole('menuitemcheckbox', { name: choice }).click()
  }
  for (const [place, part] of [['Kunden', 'customers'], ['Betrieb', 'operations'], ['Anrufe', 'calls-dark']]) {
    await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
    await page.getByRole('heading', { name: place, level: 1 }).waitFor()
    await page.getByRole('status').waitFor({ state: 'detached' })
    await picture(part)
  }
  assert.equal(await page.locator('html.dark[lang=de]').count(), 1)
  await menu.click()
  await page.getByRole('menuitem', { name: 'Abmelden' }).click()
  await page.getByRole('button', { name: 'Anmelden' }).waitFor()
}

/** Walks the way and resolves with the caller's name; rejects at the first thing that is not as it must be. */
export async function journey(browser, base) {
  const { page, faults, close } = await openGuarded(browser, base)
  const picture = (name) => page.screenshot({ path: `${PICTURES}${name}.png`, animations: 'disabled' })

  rmSync(PICTURES, { recursive: true, force: true })
  mkdirSync(PICTURES, { recursive: true })
  try {
    const token = await logIn(page, base)
    const name = await readNewestCall(page, picture)
    await followToAppointment(page, name, picture)
    await checkSession(page, token)
    await lookAround(page, picture)
    assert.deepEqual(faults, [])
    return name
  } catch (error) {
    await picture('failed').catch(() => {})
    throw error
  } finally {
    await close()
  }
}
