import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { apiGet } from '@/api/client'
import { Problem } from '@/api/problem'
import { useSession } from './session'

const SALON = { id: 'c1', name: 'Salon Morgenrot', slug: 'salon-morgenrot', role: 'owner' }
const DENTAL = { id: 'c2', name: 'Bright Smile Dental', slug: 'bright-smile', role: 'owner' }
const REFRESH = '/api/v2/auth/refresh'

interface Sent {
  url: string
  headers: Record<string, string>
  body: unknown
}

let sent: Sent[]
let storage: Map<string, string>
let answers: Record<string, () => Response>

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const refusal = (status: number, code: string) =>
  json(status, { status: 'error', code, message: 'A sentence.', errors: [], request_id: 'r-1' })
const entrance = (token: string, seconds = 900) =>
  json(200, {
    access_token: token,
    token_type: 'Bearer',
    expires_in: seconds,
    refresh_token: null,
    user: { id: 'u1', email: 'owner@salon.example', name: 'Owner' },
    companies: [SALON, DENTAL],
  })

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers({ now: new Date('2026-12-01T12:00:00Z'), toFake: ['Date'] })
  sent = []
  storage = new Map()
  answers = { '/api/v2/auth/login': () => entrance('token-1') }
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const body = init.body ? JSON.parse(String(init.body)) : null
    sent.push({ url, headers: init.headers as Record<string, string>, body })
    return answers[url]?.() ?? refusal(404, 'not_found')
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const logIn = async () => {
  const session = useSession()
  await session.logIn('owner@salon.example', 'frontdesk-demo')
  return session
}

test('logging in keeps the token in memory and nothing of it in storage', async () => {
  const session = await logIn()
  expect(sent[0]?.body).toEqual({ email: 'owner@salon.example', password: 'frontdesk-demo', client: 'web' })
  expect(await session.token()).toBe('token-1')
  expect(session.company).toEqual(SALON)
  expect(JSON.stringify([...storage])).not.toContain('token-1')
  expect(JSON.stringify(session.$state)).not.toContain('token-1')
})

test('a refused log-in says why and leaves nobody logged in', async () => {
  answers['/api/v2/auth/login'] = () => refusal(401, 'invalid_credentials')
  await expect(logIn()).rejects.toMatchObject({ status: 401, code: 'invalid_credentials', requestId: 'r-1' })
  expect(useSession().isIn).toBe(false)
})

test('a first visit asks for nothing; a later one resumes by the cookie', async () => {
  await useSession().resume()
  expect(sent).toEqual([])

  setActivePinia(createPinia())
  storage.set('frontdesk:returning', 'yes')
  answers[REFRESH] = () => entrance('token-2')
  await useSession().resume()
  expect(useSession().isIn).toBe(true)
  expect(sent[0]).toMatchObject({ url: REFRESH, headers: { 'X-Frontdesk': '1' } })
})

test('a server out of reach is not taken for a refusal', async () => {
  storage.set('frontdesk:returning', 'yes')
  answers[REFRESH] = () => refusal(503, 'unavailable')
  await expect(useSession().resume()).rejects.toBeInstanceOf(Problem)
  answers[REFRESH] = () => entrance('token-2')
  await useSession().resume()
  expect(useSession().isIn).toBe(true)
})

test('a token about to expire is renewed before it is used, once for all who wait', async () => {
  const session = await logIn()
  answers[REFRESH] = () => entrance('token-2')
  vi.setSystemTime(new Date('2026-12-01T12:14:45Z'))
  expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual(Array(3).fill('token-2'))
  expect(sent.filter((each) => each.url === REFRESH)).toHaveLength(1)
})

test('a request refused with 401 is repeated with a new token and the chosen company', async () => {
  const session = await logIn()
  session.chooseCompany(DENTAL.id)
  answers[REFRESH] = () => entrance('token-2')
  let tries = 0
  answers['/api/v2/companies/current'] = () => (++tries === 1 ? refusal(401, 'unauthorized') : json(200, { id: 'c2' }))
  expect(await apiGet('/api/v2/companies/current')).toEqual({ id: 'c2' })
  expect(sent.at(-1)?.headers).toMatchObject({ Authorization: 'Bearer token-2', 'X-Company-Id': 'c2' })
  expect(session.companyId).toBe('c2')
})

test('a refused renewal ends the session and says so', async () => {
  const session = await logIn()
  answers[REFRESH] = () => refusal(401, 'unauthorized')
  vi.setSystemTime(new Date('2026-12-01T13:00:00Z'))
  await expect(session.token()).rejects.toMatchObject({ status: 401 })
  expect(session.isIn).toBe(false)
  expect(session.hasEnded).toBe(true)
  expect(storage.get('frontdesk:returning')).toBe('no')
})

test('logging out tells the server and forgets the token', async () => {
  const session = await logIn()
  answers['/api/v2/auth/logout'] = () => new Response(null, { status: 204 })
  await session.logOut()
  expect(sent.at(-1)).toMatchObject({ url: '/api/v2/auth/logout', headers: { Authorization: 'Bearer token-1' } })
  expect(session.isIn).toBe(false)
  expect(session.hasEnded).toBe(false)
})

test('a code is sent only when there is one', async () => {
  const session = useSession()
  await session.logIn('owner@salon.example', 'frontdesk-demo', '123456')
  expect(sent[0]?.body).toMatchObject({ totp_code: '123456' })
})

test('who signs up is in the new company, and nothing of the password is kept', async () => {
  const { user, companies, ...rest } = await entrance('token-1').json()
  answers['/api/v2/auth/signup'] = () => json(201, { ...rest, user, company: DENTAL })
  const session = useSession()
  await session.signUp({
    company_name: DENTAL.name,
    country: 'US',
    time_zone: 'America/New_York',
    currency: 'USD',
    locale: 'en',
    name: 'Owner',
    email: 'owner@dental.example',
    password: 'kastanie-12-lampe-fjord',
  })
  expect(sent[0]?.body).toMatchObject({ client: 'web', company_name: DENTAL.name })
  expect(session.company).toEqual(DENTAL)
  expect(companies).toHaveLength(2)
  expect(JSON.stringify([...storage, session.$state])).not.toMatch(/kastanie|token-1/)
})

test('an invitation is accepted as who is logged in, and leads into its company', async () => {
  const session = await logIn()
  answers['/api/v2/auth/invitations/accept'] = () => entrance('token-2')
  await session.accept({ token: 'letter' }, DENTAL.id)
  expect(sent.at(-1)).toMatchObject({
    headers: { Authorization: 'Bearer token-1' },
    body: { token: 'letter', client: 'web' },
  })
  expect(session.company).toEqual(DENTAL)
})

test('a company that was entered is gone back to, also after a renewal, until it is left', async () => {
  const entry = { ...DENTAL, id: 'c9', role: 'platform_admin' as const, expires_at: '2026-12-01T13:00:00Z' }
  const session = await logIn()
  session.takeEntry(entry)
  expect(session.companyHeader()).toEqual({ 'X-Company-Id': 'c9' })
  answers[REFRESH] = () => entrance('token-2')
  await session.renew('token-1')
  expect(session.company).toEqual(entry)
  session.dropEntry('c9')
  expect(session.company).toEqual(SALON)

  session.setEntries([])
  expect(session.company).toEqual(SALON)
  session.setEntries([entry])
  expect(session.company).toEqual(entry)
})
