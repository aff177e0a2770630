import { expect, test } from 'vitest'
import { transcriptTurns } from './transcript'

test('lines of text are split by speaker', () => {
  expect(transcriptTurns('Agent: Salon Morgenrot.\nUser: Hi,\nit is Lena.\nAgent: Welcome: what can I do?\n')).toEqual([
    { speaker: 'agent', name: 'Agent', text: 'Salon Morgenrot.' },
    { speaker: 'caller', name: 'User', text: 'Hi, it is Lena.' },
    { speaker: 'agent', name: 'Agent', text: 'Welcome: what can I do?' },
  ])
})

test('lists of turns are taken too, and what is no speech is left out', () => {
  const turns = transcriptTurns([
    { role: 'agent', content: 'One moment.', words: [] },
    { role: 'tool_call_invocation', name: 'book', arguments: '{}' },
    { role: 'agent', content: 'Done.' },
    { role: 'transfer_target', content: 'Hello?' },
    null,
  ])
  expect(turns).toEqual([
    { speaker: 'agent', name: 'agent', text: 'One moment. Done.' },
    { speaker: 'other', name: 'transfer_target', text: 'Hello?' },
  ])
})

test('text without speakers is one turn, and nothing is no turn', () => {
  expect(transcriptTurns('Only words.')).toEqual([{ speaker: 'other', name: '', text: 'Only words.' }])
  expect(transcriptTurns('')).toEqual([])
  expect(transcriptTurns(null)).toEqual([])
  expect(transcriptTurns({ role: 'agent' })).toEqual([])
})
