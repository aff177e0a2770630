import { expect, test } from 'vitest'
import { changesOf, numberOrNull, textOrNull, wordsOf } from './changes'

test('only what changed is sent', () => {
  expect(changesOf({ name: 'A', zone: 'UTC', on: true }, { name: 'B', zone: 'UTC', on: false })).toEqual({
    name: 'B',
    on: false,
  })
  expect(changesOf({ name: 'A' }, { name: 'A' })).toEqual({})
})

test('an empty field is null, and what is no number is left for the server to refuse', () => {
  expect([textOrNull('  '), textOrNull(' x ')]).toEqual([null, 'x'])
  expect([numberOrNull(''), numberOrNull('12'), numberOrNull(7), numberOrNull('12x')]).toEqual([null, 12, 7, '12x'])
})

test('lists may be typed with lines, blanks or commas', () => {
  expect(wordsOf(' https://a.example\nhttps://b.example,https://c.example ')).toEqual([
    'https://a.example',
    'https://b.example',
    'https://c.example',
  ])
  expect(wordsOf(' \n')).toEqual([])
})
