import { expect, test } from 'vitest'
import { formatDuration, formatLatency } from './duration'

test('durations read as on a phone', () => {
  expect(formatDuration(0)).toBe('0:00')
  expect(formatDuration(42)).toBe('0:42')
  expect(formatDuration(187)).toBe('3:07')
  expect(formatDuration(3725)).toBe('1:02:05')
  expect(formatDuration(59.6)).toBe('1:00')
  expect(formatDuration(-3)).toBe('0:00')
})

test('short waits take the unit that fits', () => {
  expect(formatLatency(85, 'en-GB')).toBe('85ms')
  expect(formatLatency(1240, 'en-GB')).toBe('1.2s')
  expect(formatLatency(240_000, 'en-GB')).toBe('4m')
})
