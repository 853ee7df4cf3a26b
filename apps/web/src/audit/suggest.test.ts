import { expect, test } from 'vitest'

import { suggest, typedField } from './suggest.ts'

const known = {
  agent: ['clerk', 'the-clerk', 'other'],
  action: ['letter.send'],
  table: ['letters'],
}
const labels = (typed: string) => suggest(typed, known).map(({ label }) => label)

test('nothing typed: what can be filtered by', () => {
  expect(labels('').slice(0, 3)).toEqual(['agent:', 'run:', 'actor:'])
  expect(labels('ac')).toEqual(expect.arrayContaining(['actor:', 'action:']))
})

test('a field and a part of its value: what begins so, what has it inside, and as typed', () => {
  expect(labels('agent: clerk')).toEqual(['agent: clerk', 'agent: the-clerk'])
  expect(labels('agent:cl')).toEqual(['agent: clerk', 'agent: the-clerk', 'agent: cl'])
  expect(labels('action:letter')).toEqual([
    'action: letter.send',
    'action: letter*',
    'action: letter',
  ])
  expect(labels('table:unknown')).toEqual(['table: unknown'])
  expect(labels('run:7')).toEqual([])
  expect(labels('actor:')).toEqual([])
})

test('words without a field are looked for in every field', () => {
  expect(labels('letter')).toEqual([
    'table: letters',
    'action: letter.send',
    'action: letter*',
    'row: letter',
  ])
  const id = '00000000-0000-4000-8000-00000000000A'
  expect(labels(id).slice(0, 2)).toEqual([`run: ${id.toLowerCase()}`, `row: ${id}`])
})

test('a colon of a value is no field', () => {
  expect(typedField('agent:x')).toEqual({ field: 'agent', value: 'x' })
  expect(typedField('actor:operator:maria')).toEqual({ field: 'actor', value: 'operator:maria' })
  expect(typedField('operator:maria')).toBeNull()
})
