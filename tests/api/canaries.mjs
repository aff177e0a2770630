// A company beside the others, with a canary in every text of every table, that
// nobody of the tests belongs to: whatever else is asked, no byte of it may come
// back, in a body or header, a message or a line of a log.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { request } from '../support/http.mjs'
import { quote, sqlOn } from '../support/sql.mjs'

const SCRIPT = readFileSync(new URL('../support/canaries.sql', import.meta.url), 'utf8')
const SLUG = 'canary'
const BEGINNING = 12 // what is looked for: so much of it has room in nearly every column
/* Without a company_id of their own, or of people, who are not a company's. */
const WITHOUT = ['company_entry', 'membership']

/** Makes the company; from now on the client refuses answers that show it. */
export async function plantCanaries(stack, client) {
  const sql = sqlOn(stack)
  const canary = randomBytes(16).toString('hex')

  await sql(`INSERT INTO tenant (id, slug, name, email_from) VALUES (UUID(), ${quote(SLUG)}, ${quote(canary)}, ${quote(`${canary}@x.example`)});
    INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
    SELECT UUID(), t.id, c.plan_id, ${quote(SLUG)}, 'Canary', 'DE', 'Europe/Berlin', 'EUR', 'de', 'active'
    FROM company c JOIN tenant t ON t.slug = ${quote(SLUG)} WHERE c.slug = 'salon-morgenrot';
    INSERT INTO company_settings (company_id, id) SELECT id, uid FROM company WHERE slug = ${quote(SLUG)};
    SET @company = (SELECT id FROM company WHERE slug = ${quote(SLUG)}), @canary = ${quote(canary)}, @rows = 3;
    DELIMITER //
    ${SCRIPT}//
    DELIMITER ;`)
  const tables = (await sql("SELECT TABLE_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'frontdesk_store' AND COLUMN_NAME = 'company_id'"))
    .flat().filter(t => !WITHOUT.includes(t))
  const counts = await sql(tables.map(t => `SELECT ${quote(t)}, COUNT(*) FROM \`${t}\` WHERE company_id = (SELECT id FROM company WHERE slug = ${quote(SLUG)});`).join('\n'))
  assert.ok(tables.length >= 40)
  assert.deepEqual(counts.filter(([, n]) => n === '0').map(([t]) => t), [], 'tables without a canary')
  client.canary = canary.slice(0, BEGINNING)
}

/** Messages that went out, and what the programs wrote down. */
export async function lookForCanary(stack, client) {
  const sent = (await request(`${stack.sandbox}/sent.json?since=0`)).text
  assert.ok(!sent.includes(client.canary), 'a message shows the text of another company')
  const folder = join(stack.var, 'log')
  for (const file of readdirSync(folder)) {
    const line = readFileSync(join(folder, file), 'utf8').split('\n').find(l => l.includes(client.canary))
    assert.equal(line, undefined, `${file} shows the text of another company`)
  }
}
