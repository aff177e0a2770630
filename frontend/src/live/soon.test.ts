import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LEAST_MS, PAUSE_MS, soon, SPREAD_MS } from './soon'

let ran: number[]
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  ran = []
})
afterEach(() => vi.useRealTimers())
const work = () => ran.push(Date.now() - 1_000_000)

test('a change is shown within half a second, by each browser at another moment', () => {
  for (const share of [0, 1]) soon(work, () => share).ask()
  vi.advanceTimersByTime(500)
  expect(ran).toEqual([PAUSE_MS, PAUSE_MS + SPREAD_MS])
})

test('a thousand changes in ten seconds are ten readings, and the last is behind them all', () => {
  const { ask } = soon(work, () => 0.5)
  for (let i = 0; i < 1000; i++) {
    ask()
    vi.advanceTimersByTime(10)
  }
  expect(ran.length).toBeGreaterThan(8)
  expect(ran.length).toBeLessThan(12)
  vi.advanceTimersByTime(LEAST_MS)
  expect(ran.at(-1)).toBeGreaterThanOrEqual(10_000)
})

test('what was called off does not happen', () => {
  const { ask, cancel } = soon(work)
  ask()
  cancel()
  vi.advanceTimersByTime(5000)
  expect(ran).toEqual([])
})
