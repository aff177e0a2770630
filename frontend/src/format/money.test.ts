import { expect, test } from 'vitest'
import { formatMicroUsd, formatMoney, formatNumber, formatPercent, formatRate, parseRate } from './money'

const plain = (text: string) => text.replace(/\u00a0|\u202f/g, ' ')

test('minor units become money of their currency', () => {
  expect(formatMoney(60, 'EUR', 'en-GB')).toBe('€0.60')
  expect(plain(formatMoney(123456, 'EUR', 'de-DE'))).toBe('1.234,56 €')
  expect(formatMoney(9000, 'USD', 'en-US')).toBe('$90.00')
  expect(formatMoney(-500, 'USD', 'en-US')).toBe('-$5.00')
})

test('a currency without minor units is not divided by a hundred', () => {
  expect(formatMoney(1500, 'JPY', 'en-US')).toBe('¥1,500')
})

test('a currency with three decimals is divided by a thousand', () => {
  expect(plain(formatMoney(1500, 'KWD', 'en-US'))).toBe('KWD 1.500')
})

test('millionths of a dollar are shown exactly, with four decimals at least', () => {
  expect(formatMicroUsd(0, 'en-US')).toBe('$0.0000')
  expect(formatMicroUsd(70_000, 'en-US')).toBe('$0.0700')
  expect(formatMicroUsd(156_333, 'en-US')).toBe('$0.156333')
  expect(formatMicroUsd(1, 'en-GB')).toBe('$0.000001')
  expect(plain(formatMicroUsd(175_316, 'de-DE'))).toBe('0,175316 $')
})

test('rates, numbers and shares follow the language', () => {
  expect(formatRate(1.1, 'en-GB')).toBe('1.1000')
  expect(formatRate(1.08345, 'de-DE')).toBe('1,08345')
  expect(formatNumber(2.25, 'de-DE')).toBe('2,25')
  expect(formatPercent(0.94, 'en-GB')).toBe('94%')
})

test('an exchange rate is taken apart, and left alone when it is written otherwise', () => {
  const rate = { rate: 1.1, currency: 'EUR', date: '2020-01-01', source: 'demo' }
  expect(parseRate('1.100000 USD per EUR of 2020-01-01 (demo)')).toEqual(rate)
  expect(parseRate('1.1')).toBe(null)
})
