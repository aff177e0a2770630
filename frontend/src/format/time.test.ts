import { expect, test } from 'vitest'
import * as time from './time'

const BERLIN = 'Europe/Berlin'
const NEW_YORK = 'America/New_York'

test('an instant is shown in the zone it is asked for, whatever the zone of the machine', () => {
  expect(time.formatTime('2026-12-01T13:30:00Z', BERLIN, 'en-GB')).toBe('14:30')
  expect(time.formatTime('2026-12-01T13:30:00Z', NEW_YORK, 'en-GB')).toBe('08:30')
  expect(time.formatTimeWithSeconds('2026-12-01T13:30:07Z', BERLIN, 'en-GB')).toBe('14:30:07')
})

test('a clock of twelve hours says which half of the day', () => {
  const plain = time.formatTime('2026-12-01T14:30:00Z', NEW_YORK, 'en-US').replace('\u202f', ' ')
  expect(plain).toBe('9:30 AM')
})

test('the local date differs from the date in UTC around midnight', () => {
  expect(time.localDate('2026-12-01T23:30:00Z', BERLIN)).toBe('2026-12-02')
  expect(time.localDate('2026-12-01T03:30:00Z', NEW_YORK)).toBe('2026-11-30')
})

test('times on both sides of the change from summer time are right', () => {
  expect(time.formatTime('2026-10-25T00:30:00Z', BERLIN, 'en-GB')).toBe('02:30')
  expect(time.formatTime('2026-10-25T01:30:00Z', BERLIN, 'en-GB')).toBe('02:30')
  expect(time.addDays('2026-10-24', 1)).toBe('2026-10-25')
  expect(time.addDays('2026-10-25', 1)).toBe('2026-10-26')
  expect(time.addDays('2026-03-01', -1)).toBe('2026-02-28')
})

test('local wall-clock times are shown as they are', () => {
  expect(time.formatLocalTime('2026-03-29T02:30', 'en-GB')).toBe('02:30')
  expect(time.formatLocal('2026-12-01T14:30', 'en-GB')).toMatch(/^Tue,? 1 Dec,? 14:30$/)
  expect(time.formatLocal('2026-12-01T14:30:00', 'de-DE')).toMatch(/^Di\.,? 1\. Dez\.,? 14:30$/)
  expect(time.formatDate('2026-12-01', 'en-GB')).toMatch(/^Tuesday,? 1 December 2026$/)
})

test('near days have names, others dates, and another year is said', () => {
  expect(time.formatDayName('2026-12-01', '2026-12-01', 'en-GB')).toBe('Today')
  expect(time.formatDayName('2026-11-30', '2026-12-01', 'de-DE')).toBe('Gestern')
  expect(time.formatDayName('2026-11-24', '2026-12-01', 'en-GB')).toMatch(/^Tuesday,? 24 November$/)
  expect(time.formatDayName('2025-12-24', '2026-12-01', 'en-US')).toBe('Wednesday, December 24, 2025')
})

test('what is no date is not taken for one, and shows as a dash', () => {
  expect(time.isLocalDate('2026-12-01')).toBe(true)
  expect(time.isLocalDate('2026-13-01')).toBe(false)
  expect(time.isLocalDate('1 Dec 2026')).toBe(false)
  expect(time.isLocalDate(undefined)).toBe(false)
  expect(time.formatTime('rubbish', BERLIN, 'en-GB')).toBe('—')
})

test('a local day begins at its own midnight, also when the clocks change', () => {
  expect(time.dayStart('2026-12-01', 'Europe/Berlin')).toBe('2026-11-30T23:00:00.000Z')
  expect(time.dayStart('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z')
  expect(time.dayStart('2026-03-29', 'Europe/Berlin', 1)).toBe('2026-03-29T22:00:00.000Z')
  expect(time.dayStart('2026-11-01', 'America/New_York', 1)).toBe('2026-11-02T05:00:00.000Z')
  expect(time.dayStart('2026-12-31', 'Pacific/Auckland', 1)).toBe('2026-12-31T11:00:00.000Z')
})

test('where midnight is skipped, a day begins at its first instant', () => {
  expect(time.dayStart('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
})
