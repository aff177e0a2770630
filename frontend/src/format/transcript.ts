export interface Turn {
  speaker: 'agent' | 'caller' | 'other'
  name: string
  text: string
}

const LINE = /^\s*([\p{L}][\p{L} _-]{0,30}):\s*(.*)$/u
const AGENT = /^(agent|assistant|ai|bot)$/i
const CALLER = /^(user|caller|customer)$/i

/**
 * Splits a transcript into turns: either the provider's list of `{role, content}`, or text whose lines begin with the
 * speaker. A line without a speaker continues the turn before it; turns of the same speaker in a row become one.
 */
export function transcriptTurns(transcript: unknown): Turn[] {
  const turns: Turn[] = []
  const add = (name: string, text: string) => {
    const last = turns.at(-1)
    if (last && last.name === name) last.text = `${last.text} ${text}`.trim()
    else turns.push({ speaker: speakerOf(name), name, text })
  }
  if (typeof transcript === 'string') {
    for (const line of transcript.split('\n').filter((each) => each.trim() !== '')) {
      const [, name, text] = LINE.exec(line) ?? []
      if (name !== undefined) add(name.trim(), text ?? '')
      else add(turns.at(-1)?.name ?? '', line.trim())
    }
  } else if (Array.isArray(transcript)) {
    for (const each of transcript)
      if (typeof each?.content === 'string' && typeof each.role === 'string') add(each.role, each.content)
  }
  return turns.filter((turn) => turn.text !== '')
}

function speakerOf(name: string): Turn['speaker'] {
  return AGENT.test(name) ? 'agent' : CALLER.test(name) ? 'caller' : 'other'
}
