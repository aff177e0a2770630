// What was sent and what was answered, against what the database holds.

/** Keeps deliveries by the id of their call and judges what became of them. */
export class Ledger {
  #deliveries = new Map();

  constructor(sql) {
    this.sql = sql;
  }

  add(callId, delivery) {
    this.#deliveries.set(callId, delivery);
  }

  entries() {
    return [...this.#deliveries];
  }

  /** Events and jobs of each call, as counted by the database. */
  async #stored() {
    const rows = await this.sql(`SELECT i.external_id, COUNT(DISTINCT i.id), COUNT(DISTINCT j.id)
      FROM inbox_event i LEFT JOIN job j ON j.ref_id = i.id AND j.kind = 'inbox.retell' GROUP BY i.external_id`);

    return new Map(rows.map(([id, events, jobs]) => [id, { events: Number(events), jobs: Number(jobs) }]));
  }

  /** How many were answered, only stored, or neither. */
  async tally() {
    const stored = await this.#stored();
    const tally = { answered: 0, stored: 0, neither: 0 };

    for (const [id, { answered }] of this.#deliveries) tally[answered ? 'answered' : stored.has(id) ? 'stored' : 'neither'] += 1;
    return tally;
  }

  /** Sentences about what should not be; none when all is well. `all`: everything must be there by now. */
  async faults({ all = false } = {}) {
    const stored = await this.#stored();
    const [[orphans]] = await this.sql(`SELECT COUNT(*) FROM job j LEFT JOIN inbox_event i ON i.id = j.ref_id
      WHERE j.kind = 'inbox.retell' AND i.id IS NULL`);
    const found = [...this.#deliveries].map(([id, delivery]) => judge(delivery, stored.get(id) ?? { events: 0, jobs: 0 }, all)).filter(Boolean);

    if (orphans !== '0') found.push(`${orphans} jobs without an event`);
    return found;
  }
}

function judge({ at, answered }, { events, jobs }, all) {
  const fault = (what) => `${what}: ${events} events and ${jobs} jobs after ${at}`;

  if (events !== jobs) return fault('one without the other');
  if (events > 1) return fault('stored more than once');
  if (answered && events === 0) return fault('answered and lost');
  if (all && events === 0) return fault('missing after it was sent again');
  return null;
}
