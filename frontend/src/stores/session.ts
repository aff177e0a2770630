import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { send } from '@/api/http'
import { Problem } from '@/api/problem'
import type { LoginReply, Membership, SignupReply, User } from '@/api/types'
import { recall, remember } from './preferences'

/** A token is renewed this long before it would expire, so that no request starts with one about to end. */
const EARLY_MS = 30_000
const REFRESH_HEADERS = { 'X-Frontdesk': '1' }

export interface SignUp {
  company_name: string
  country: string
  time_zone: string
  currency: string
  locale: string
  name: string
  email: string
  password: string
}

export interface Acceptance {
  token: string
  name?: string
  password?: string
  totp_code?: string
  locale?: string
}

/**
 * Who is logged in, and for which company. The access token lives in this closure only; the refresh token is an
 * HttpOnly cookie that scripts cannot read. Nothing of either is written to storage.
 */
export const useSession = defineStore('session', () => {
  let access: { token: string; expiresAt: number } | null = null
  let renewing: Promise<string> | null = null

  const user = ref<User | null>(null)
  const companies = ref<Membership[]>([])
  const companyId = ref<string | null>(null)
  const company = computed(() => companies.value.find((each) => each.id === companyId.value) ?? null)
  const isIn = computed(() => user.value !== null)
  /** Whether it is known yet if an earlier visit's session still stands. */
  const isKnown = ref(false)
  /** The server ended a session that was open here. */
  const hasEnded = ref(false)

  function enter(reply: LoginReply): string {
    access = { token: reply.access_token, expiresAt: Date.now() + reply.expires_in * 1000 }
    user.value = reply.user
    companies.value = reply.companies
    const wanted = companyId.value ?? recall('company')
    isKnown.value = true
    hasEnded.value = false
    remember('returning', 'yes')
    companyId.value = (reply.companies.find((each) => each.id === wanted) ?? reply.companies[0])?.id ?? null
    return access.token
  }

  function leave(): void {
    access = null
    remember('returning', 'no')
    user.value = null
    companies.value = []
    companyId.value = null
  }

  /** `code`: of the second factor, when it is asked for. */
  async function logIn(email: string, password: string, code?: string): Promise<void> {
    const body = { email, password, client: 'web', ...(code ? { totp_code: code } : {}) }
    enter(await send<LoginReply>({ method: 'POST', url: '/api/v2/auth/login', body }))
  }

  /** A new account with a company of its own, logged in. */
  async function signUp(wish: SignUp): Promise<void> {
    const { company, ...reply } = await send<SignupReply>({
      method: 'POST',
      url: '/api/v2/auth/signup',
      body: { ...wish, client: 'web' },
    })
    enter({ ...reply, companies: [company] })
    chooseCompany(company.id)
  }

  /** Into another company: as who is logged in, or by password, or with a new account. */
  async function accept(invitation: Acceptance, id: string): Promise<void> {
    const headers: Record<string, string> = isIn.value ? { Authorization: `Bearer ${await token()}` } : {}
    const body = { ...invitation, client: 'web' }
    enter(await send<LoginReply>({ method: 'POST', url: '/api/v2/auth/invitations/accept', headers, body }))
    chooseCompany(id)
  }

  async function logOut(): Promise<void> {
    try {
      await send({ method: 'POST', url: '/api/v2/auth/logout', headers: { Authorization: `Bearer ${await token()}` } })
    } finally {
      leave()
    }
  }

  /** Logs in by the cookie of an earlier visit, if there is one. Throws only when the server cannot be asked. */
  async function resume(): Promise<void> {
    if (isKnown.value) return
    try {
      if (recall('returning') === 'yes') await renew(null)
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    isKnown.value = true
  }

  /** A token good for the next request. */
  async function token(): Promise<string> {
    return access && access.expiresAt - EARLY_MS > Date.now() ? access.token : renew(access?.token ?? null)
  }

  /** Replaces `spent` by a new token; callers that come meanwhile share the one request. */
  function renew(spent: string | null): Promise<string> {
    if (access && access.token !== spent) return Promise.resolve(access.token)
    renewing ??= onlyInThisTab(refresh).finally(() => (renewing = null))
    return renewing
  }

  async function refresh(): Promise<string> {
    try {
      return enter(
        await send<LoginReply>({
          method: 'POST',
          url: '/api/v2/auth/refresh',
          headers: REFRESH_HEADERS,
          body: {},
        }),
      )
    } catch (error) {
      if (isRefusal(error)) {
        hasEnded.value = isIn.value
        leave()
      }
      throw error
    }
  }

  function chooseCompany(id: string): void {
    companyId.value = id
    remember('company', id)
  }

  /** A company has another name. */
  function rename(id: string, name: string): void {
    companies.value = companies.value.map((each) => (each.id === id ? { ...each, name } : each))
  }

  function companyHeader(): Record<string, string> {
    return companyId.value ? { 'X-Company-Id': companyId.value } : {}
  }

  return {
    user,
    companies,
    companyId,
    company,
    isIn,
    hasEnded,
    logIn,
    signUp,
    accept,
    logOut,
    forget: leave,
    resume,
    token,
    renew,
    chooseCompany,
    rename,
    companyHeader,
  }
})

/** The server said no, as opposed to being busy or out of reach. */
function isRefusal(error: unknown): boolean {
  return error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429
}

/** A refresh token may be spent once only: two tabs that used the same one would end the session. */
async function onlyInThisTab<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks
  return locks ? await locks.request('frontdesk.refresh', work) : work()
}
