import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CHECK_MS, follow, POLL_MS, RENEW_MS, RETRY_MAX_MS, type Change, type Changes, type Stream } from './follow'

/** A server with a numbered history, and streams that can be cut, stalled or refused. */
class World {
  history: Change[] = []
  streams: FakeStream[] = []
  asked: number[] = []
  tickets: number[] = []
  kept = 1
  hasStreams = true
  answers = true
  drops = (): boolean => false
  seen: number[] = []
  states: string[] = []
  resets = 0
  /** When a stream was closed: how many were open still. */
  leftOpen: number[] = []
  random: () => number = () => 0.5

  start(): () => void {
    return follow(
      {
        ticket: async () => {
          this.tickets.push(Date.now())
          if (!this.hasStreams || !this.answers) throw new Error('503')
          return '/live?ticket=x'
        },
        changes: async (after) => {
          this.asked.push(Date.now())
          if (!this.answers) throw new Error('down')
          await later(5)
          return this.changes(after)
        },
        open: () => {
          const stream = new FakeStream(() =>
            this.leftOpen.push(this.streams.filter(({ isClosed }) => !isClosed).length),
          )
          this.streams.push(stream)
          setTimeout(() => stream.tell('onopen'), 3)
          return stream
        },
      },
      {
        changed: (changes) => this.seen.push(...changes.map(({ id }) => id)),
        reset: () => (this.resets += 1),
        state: (state) => this.states.at(-1) !== state && this.states.push(state),
      },
      this.random,
    )
  }

  changes(after: number | null, limit = 4): Changes {
    const last_id = this.history.length + 1
    if (after === null) return { data: [], last_id, has_more: false, reset: false }
    if (after < this.kept) return { data: [], last_id, has_more: false, reset: true }
    const rest = this.history.filter(({ id }) => id > after)
    const data = rest.slice(0, limit)
    return { data, last_id: data.at(-1)?.id ?? after, has_more: rest.length > limit, reset: false }
  }

  /** A change is committed, and published a moment later to the streams of that moment. */
  change(): void {
    const change = { id: this.history.length + 2, kind: 'task.changed', ids: ['t'] }
    this.history.push(change)
    setTimeout(() => {
      for (const stream of this.streams)
        if (!stream.isClosed && !this.drops()) stream.tell('onmessage', JSON.stringify(change))
    }, 2)
  }

  cut(): void {
    const open = this.streams.filter((stream) => !stream.isClosed)
    for (const stream of open) stream.tell('onerror')
  }

  get ids(): number[] {
    return this.history.map(({ id }) => id)
  }
}

class FakeStream implements Stream {
  onopen: Stream['onopen'] = null
  onmessage: Stream['onmessage'] = null
  onerror: Stream['onerror'] = null
  isClosed = false
  constructor(private readonly closed: () => void) {}
  close = () => {
    this.isClosed = true
    this.closed()
  }
  tell(what: 'onopen' | 'onmessage' | 'onerror', data = ''): void {
    this[what]?.call(this as never, { data } as never)
  }
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

let world: World
beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  world = new World()
})
afterEach(() => vi.useRealTimers())

test('begins where the company is, and tells what comes', async () => {
  world.change()
  const stop = world.start()
  await pass(100)
  expect(world.states.at(-1)).toBe('live')
  expect(world.seen).toEqual([])
  world.change()
  await pass(10)
  expect(world.seen).toEqual([3])
  stop()
  expect(world.streams.every((stream) => stream.isClosed)).toBe(true)
})

test.each([...Array(40).keys()])(
  'cut off at random instants, every change is told once and in order (%i)',
  async (seed) => {
    const random = dice(seed + 1)
    world.random = random
    world.drops = () => random() < 0.1
    const stop = world.start()
    await pass(50)
    for (let i = 0; i < 300; i++) {
      const what = random()
      if (what < 0.5) world.change()
      else if (what < 0.6) world.cut()
      else if (what < 0.65) world.hasStreams = random() < 0.7
      else if (what < 0.68) world.answers = random() < 0.7
      await pass(random() < 0.9 ? random() * 20 : random() * 30_000)
    }
    world.answers = true
    world.drops = () => false
    await pass(2 * CHECK_MS)
    expect(world.seen).toEqual(world.ids.slice(world.ids.indexOf(world.seen[0] ?? 0)))
    expect(world.seen[0]).toBeLessThanOrEqual(3)
    expect(world.resets).toBe(0)
    stop()
  },
)

test('without streams the server is asked every 15 s, with some disorder', async () => {
  world.hasStreams = false
  const stop = world.start()
  await pass(10)
  expect(world.states).toEqual(['polling'])
  world.change()
  await pass(1.5 * POLL_MS)
  expect(world.seen).toEqual([2])
  await pass(20 * POLL_MS)
  expect(world.asked.length).toBeGreaterThan(14)
  expect(world.asked.length).toBeLessThan(30)
  stop()
})

test('tickets are asked for less and less often, and not by all at the same time', async () => {
  const whens: number[][] = []
  for (const share of [0.1, 0.9]) {
    const began = Date.now()
    const one = new World()
    one.hasStreams = false
    one.random = () => share
    const stop = one.start()
    await pass(15 * 60_000)
    stop()
    whens.push(one.tickets.map((at) => at - began))
  }
  for (const tickets of whens) {
    const gaps = tickets.slice(1).map((at, i) => at - (tickets[i] ?? 0))
    expect(gaps[0]).toBeLessThan(2_001)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(RETRY_MAX_MS)
    expect(tickets.length).toBeLessThan(20)
  }
  expect(whens[0]?.[1]).not.toBe(whens[1]?.[1])
})

test('what happened while there was no stream is told as soon as there is one again', async () => {
  const stop = world.start()
  await pass(100)
  world.hasStreams = false
  world.cut()
  await pass(20)
  world.change()
  world.hasStreams = true
  await pass(3000)
  expect(world.states).toEqual(['live', 'polling', 'live'])
  expect(world.seen).toEqual([2])
  stop()
})

test('what was never published is found all the same', async () => {
  const stop = world.start()
  await pass(100)
  world.drops = () => true
  world.change()
  await pass(1000)
  expect(world.seen).toEqual([])
  await pass(CHECK_MS)
  expect(world.seen).toEqual([2])
  stop()
})

test('a gap is filled at once', async () => {
  const stop = world.start()
  await pass(100)
  world.drops = () => true
  world.change()
  await pass(10)
  world.drops = () => false
  world.change()
  await pass(20)
  expect(world.seen).toEqual([2, 3])
  stop()
})

test('who was away for too long reads everything anew, and goes on', async () => {
  const stop = world.start()
  await pass(100)
  world.answers = false
  world.cut()
  for (let i = 0; i < 5; i++) world.change()
  world.kept = 4
  await pass(60_000)
  expect(world.states.at(-1)).toBe('offline')
  world.answers = true
  await pass(30_000)
  expect(world.resets).toBe(1)
  expect(world.seen).toEqual([])
  await pass(RETRY_MAX_MS)
  world.change()
  await pass(20)
  expect(world.seen).toEqual([7])
  expect(world.states.at(-1)).toBe('live')
  stop()
})

test('the next stream is open before the old one is closed', async () => {
  const stop = world.start()
  await pass(100)
  await pass(RENEW_MS + 1000)
  expect(world.streams.length).toBeGreaterThan(1)
  expect(world.leftOpen).toEqual([1])
  expect(world.states).toEqual(['live'])
  stop()
})

test('one that has ended does nothing more', async () => {
  const stop = world.start()
  await pass(100)
  stop()
  const asked = world.asked.length
  world.cut()
  world.change()
  await pass(10 * CHECK_MS)
  expect(world.asked.length).toBe(asked)
  expect(world.tickets.length).toBe(1)
  expect(world.seen).toEqual([])
})
