import { Problem, toProblem, isAbort } from './problem'

const DEADLINE_MS = 20_000

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal | undefined
  /** The reply is a Blob. */
  isFile?: boolean
}

/** One request to our own origin: JSON in, JSON out (null when there is none), a deadline, and a Problem when it fails. */
export async function send<Reply>(request: HttpRequest): Promise<Reply> {
  try {
    const deadline = AbortSignal.timeout(DEADLINE_MS)
    const response = await fetch(request.url, {
      method: request.method,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...jsonType(request.body), ...request.headers },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
    })
    if (!response.ok) throw await problemOf(response)
    if (request.isFile) return (await response.blob()) as Reply
    const text = await response.text()
    return (text === '' ? null : JSON.parse(text)) as Reply
  } catch (error) {
    throw isAbort(error) ? error : toProblem(error)
  }
}

function jsonType(body: unknown): Record<string, string> {
  return body === undefined ? {} : { 'Content-Type': 'application/json' }
}

async function problemOf(response: Response): Promise<Problem> {
  const reply = await response.json().catch(() => null)
  return new Problem({
    status: response.status,
    code: reply?.code ?? 'http',
    message: reply?.message ?? `The server answered ${response.status}.`,
    requestId: reply?.request_id ?? response.headers.get('X-Request-Id'),
    fields: reply?.errors ?? [],
  })
}
