import { expect, test } from 'vitest'
import { countries, currencies, currencyOf, likelyPlace, timeZones } from './places'

test('countries are named in the language, in its order, without what is none', () => {
  const german = countries('de')
  expect(german).toContainEqual({ label: 'Österreich', value: 'AT' })
  expect(german.map((each) => each.label)).toEqual(
    [...german.map((each) => each.label)].sort((a, b) => a.localeCompare(b, 'de')),
  )
  const codes = countries('en').map((each) => each.value)
  expect(codes.length).toBeGreaterThan(200)
  for (const none of ['EU', 'ZZ', 'UN', 'DD', 'UK', 'SU']) expect(codes).not.toContain(none)
})

test('currencies say their code', () => {
  expect(currencies('en')).toContainEqual({ label: 'Euro (EUR)', value: 'EUR' })
})

test('a zone that the browser does not list is kept', () => {
  expect(timeZones('Etc/Somewhere')[0]).toEqual({ label: 'Etc/Somewhere', value: 'Etc/Somewhere' })
  expect(timeZones('Europe/Berlin').filter((each) => each.value === 'Europe/Berlin')).toHaveLength(1)
  expect(timeZones()).toContainEqual({ label: 'America/New York', value: 'America/New_York' })
})

test('the likely place follows the first language that names a country', () => {
  expect(likelyPlace(['en', 'de-CH', 'en-US'])).toMatchObject({ country: 'CH', currency: 'CHF' })
  expect(likelyPlace(['es-419'])).toMatchObject({ country: 'DE', currency: 'EUR' })
  expect(currencyOf('FR')).toBe('EUR')
})
