import { useSession } from '@/stores/session'
import { send, type HttpRequest } from './http'
import { Problem } from './problem'
import type { ApiPath, Page } from './types'

type Query = Record<string, string | number | null | undefined>

interface Options {
  params?: Record<string, string>
  query?: Query
  signal?: AbortSignal
}

/** GET of one object. `params` fill the `{names}` of the path. */
export function apiGet<Reply>(path: ApiPath, options: Options = {}): Promise<Reply> {
  return authorized<Reply>({ method: 'GET', url: urlOf(path, options), signal: options.signal })
}

/** GET of one page of a list. */
export function apiList<Row>(path: ApiPath, options: Options = {}): Promise<Page<Row>> {
  return apiGet<Page<Row>>(path, options)
}

/** Every row of a list that is never long, page by page. */
export async function apiAll<Row>(path: ApiPath): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const page: Page<Row> = await apiList<Row>(path, { query: { limit: 100, cursor } })
    rows.push(...page.data)
    cursor = page.next_cursor
  } while (cursor !== null)
  return rows
}

export function apiPost<Reply>(path: ApiPath, options: Options & { body?: unknown } = {}): Promise<Reply> {
  return authorized<Reply>({ method: 'POST', url: urlOf(path, options), body: options.body, signal: options.signal })
}

export function apiPatch<Reply>(path: ApiPath, options: Options & { body: unknown }): Promise<Reply> {
  return authorized<Reply>({ method: 'PATCH', url: urlOf(path, options), body: options.body })
}

export function apiDelete(path: ApiPath, options: Options = {}): Promise<null> {
  return authorized<null>({ method: 'DELETE', url: urlOf(path, options) })
}

/** GET of a file. */
export function apiFile(path: ApiPath, options: Options = {}): Promise<Blob> {
  return authorized<Blob>({ method: 'GET', url: urlOf(path, options), isFile: true })
}

export function urlOf(path: ApiPath, { params = {}, query = {} }: Options = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  return search.size > 0 ? `${filled}?${search}` : filled
}

/** Sends with the access token and the company; a token that the server no longer takes is renewed once. */
async function authorized<Reply>(request: HttpRequest): Promise<Reply> {
  const session = useSession()
  const attempt = async (token: string) =>
    send<Reply>({ ...request, headers: { Authorization: `Bearer ${token}`, ...session.companyHeader() } })
  const token = await session.token()
  try {
    return await attempt(token)
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error
    return attempt(await session.renew(token))
  }
}
