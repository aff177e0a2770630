// Which of the requests that were answered with 2xx left an entry in the audit
// log; zz-coverage.test.mjs asks that every route that writes did once.
import { lookForCanary } from './canaries.mjs'
import { quote, sqlOn } from '../support/sql.mjs'

const AT_ONCE = 1000

async function record(stack, client) {
  const sql = sqlOn(stack)
  const writes = [...client.writes]

  for (let i = 0; i < writes.length; i += AT_ONCE) {
    const ids = writes.slice(i, i + AT_ONCE).map(([id]) => quote(id)).join(',')
    const found = await sql(`SELECT DISTINCT request_id FROM audit_entry WHERE request_id IN (${ids});`)
    for (const [id] of found) client.hit(`${client.writes.get(id)} audited`)
  }
}

/** Stops a stack after a look at what its client's writes left behind, and at
 * what must not have come out. */
export async function endStack(stack, client) {
  try {
    if (stack && client) await record(stack, client)
    if (stack && client?.canary) await lookForCanary(stack, client)
  } finally {
    await stack?.stop()
  }
}
