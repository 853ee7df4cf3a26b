import { expect, test } from 'vitest'
import { z } from 'zod'

import { inputRefusal } from './input-refusal.ts'

const input = z.object({
  name: z.string().min(1).max(5),
  to: z.array(z.string().regex(/@/, 'not an e-mail address')).min(1),
  days: z.number().min(2).max(9),
  why: z.string().min(1, 'say why'),
})

const refusal = (value: unknown) => {
  const { error } = input.safeParse(value)
  return error === undefined ? undefined : inputRefusal(error)
}

test('each part that is at fault is named by where it stands, in plain words', () => {
  expect(refusal({ name: 'too long', to: ['a@b', 'c'], days: 12, why: '' })).toEqual({
    code: 'BAD_REQUEST',
    message:
      'name: at most 5 characters; to.1: not an e-mail address; days: at most 9; why: say why',
    faults: [
      { path: ['name'], message: 'at most 5 characters' },
      { path: ['to', 1], message: 'not an e-mail address' },
      { path: ['days'], message: 'at most 9' },
      { path: ['why'], message: 'say why' },
    ],
  })
  expect(refusal({ name: '', to: [], days: 1, why: 'so' })?.message).toBe(
    'name: is missing; to: is missing; days: at least 2',
  )
})
