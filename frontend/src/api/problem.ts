export interface FieldError {
  field: string
  message: string
}

/** A request that did not succeed: the program's own error reply, or a code of ours when there was none. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly fields: FieldError[]

  constructor(of: { status: number; code: string; message: string; requestId?: string | null; fields?: FieldError[] }) {
    super(of.message)
    this.name = 'Problem'
    this.status = of.status
    this.code = of.code
    this.requestId = of.requestId ?? null
    this.fields = of.fields ?? []
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

/** Everything that is thrown becomes a Problem, so that a page has one thing to show. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Problem({ status: 0, code: 'timeout', message: 'The server took too long to answer.' })
  if (error instanceof TypeError)
    return new Problem({ status: 0, code: 'network', message: 'The server cannot be reached.' })
  return new Problem({ status: 0, code: 'portal', message: String(error) })
}
