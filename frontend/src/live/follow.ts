/**
 * Follows what changes in a company. Changes are numbered without a gap, so a stream may break at any moment: what was
 * missed is asked for by number. While there is no stream, the server is asked every now and then instead.
 */
export interface Change {
  id: number
  kind: string
  ids: string[]
}

export interface Changes {
  data: Change[]
  last_id: number
  has_more: boolean
  reset: boolean
}

export type Stream = Pick<EventSource, 'onopen' | 'onmessage' | 'onerror' | 'close'>

/** `live`: by a stream; `polling`: by asking; `offline`: the server does not answer. */
export type FollowState = 'live' | 'polling' | 'offline'

export interface Server {
  /** The address of a stream, for once. */
  ticket: () => Promise<string>
  /** Behind a number; null: where to begin. */
  changes: (after: number | null) => Promise<Changes>
  open: (url: string) => Stream
}

export interface Follower {
  changed: (changes: Change[]) => void
  /** More was missed than is kept: read everything anew. */
  reset: () => void
  state: (state: FollowState) => void
}

export const POLL_MS = 15_000
/** Of what was published nothing is certain to arrive, so that one who has a stream asks, too. */
export const CHECK_MS = 60_000
export const RETRY_MS = 2_000
export const RETRY_MAX_MS = 120_000
/** The server ends a stream after ten minutes; the next is opened before, not by all at once. */
export const RENEW_MS = 480_000

type Timer = ReturnType<typeof setTimeout>

export function follow(server: Server, follower: Follower, random: () => number = Math.random): () => void {
  let last: number | null = null
  let stream: Stream | null = null
  let next: Stream | null = null
  let failures = 0
  let isStopped = false
  let catching: Promise<void> | null = null
  let isBehind = false
  let isReachable = true
  let asking: Timer | undefined
  let connecting: Timer | undefined

  const say = () => follower.state(!isReachable ? 'offline' : stream !== null ? 'live' : 'polling')
  /** Between half of it and all. */
  const about = (ms: number) => ms * (0.5 + random() / 2)

  /** One after the other: whoever asks meanwhile has it asked once more. */
  function catchUp(): Promise<void> {
    isBehind = true
    catching ??= ask()
    return catching
  }

  async function ask(): Promise<void> {
    clearTimeout(asking)
    try {
      while (isBehind && !isStopped) {
        isBehind = false
        take(await server.changes(last))
      }
      isReachable = true
    } catch {
      isReachable = false
    }
    catching = null
    if (isStopped) return
    say()
    asking = setTimeout(catchUp, stream !== null && isReachable ? CHECK_MS : POLL_MS * (0.5 + random()))
  }

  function take(answer: Changes): void {
    if (isStopped) return
    last = answer.last_id
    if (answer.has_more) isBehind = true
    if (answer.reset) follower.reset()
    else if (answer.data.length > 0) follower.changed(answer.data)
  }

  function receive(change: Change): void {
    if (last === null || catching !== null || change.id > last + 1) void catchUp()
    else if (change.id === last + 1) {
      last = change.id
      follower.changed([change])
    }
  }

  async function connect(): Promise<void> {
    clearTimeout(connecting)
    try {
      const url = await server.ticket()
      if (!isStopped) begin(server.open(url))
    } catch {
      tryAgain()
    }
  }

  function begin(opening: Stream): void {
    next?.close()
    next = opening
    opening.onopen = () => {
      stream?.close()
      stream = opening
      next = null
      failures = 0
      connecting = setTimeout(connect, about(RENEW_MS))
      void catchUp()
    }
    opening.onmessage = ({ data }) => receive(JSON.parse(String(data)) as Change)
    opening.onerror = () => {
      opening.close()
      if (stream === opening) stream = null
      else if (next !== opening) return
      else next = null
      say()
      tryAgain()
      void catchUp()
    }
  }

  function tryAgain(): void {
    clearTimeout(connecting)
    if (isStopped) return
    connecting = setTimeout(connect, about(Math.min(RETRY_MS * 2 ** failures, RETRY_MAX_MS)))
    failures = Math.min(failures + 1, 16)
  }

  void catchUp()
  void connect()
  return () => {
    isStopped = true
    clearTimeout(asking)
    clearTimeout(connecting)
    stream?.close()
    next?.close()
  }
}
