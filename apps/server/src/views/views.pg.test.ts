import { expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'

const { as, db, operator } = await askServer()

test('a saved view is there for everyone, is replaced under its name, and can be removed', async () => {
  await operator.views.save({ name: ' Held by budget ', search: '?states=paused&q=a%20b' })
  await operator.views.save({ name: 'all of mine', search: '' })
  const guest = as('operator:guest', ['read'])
  expect(await guest.views.list()).toEqual([
    {
      name: 'all of mine',
      search: '',
      madeBy: 'operator:maria',
      madeAt: expect.any(String) as string,
    },
    {
      name: 'Held by budget',
      search: 'states=paused&q=a%20b',
      madeBy: 'operator:maria',
      madeAt: expect.any(String) as string,
    },
  ])
  await as('operator:tom', ['control']).views.save({ name: 'all of mine', search: 'agent=a' })
  expect(await guest.views.list()).toMatchObject([
    { search: 'agent=a', madeBy: 'operator:tom' },
    {},
  ])
  await operator.views.remove({ name: 'all of mine' })
  expect((await guest.views.list()).map(({ name }) => name)).toEqual(['Held by budget'])
  const { rows } = await db.owner.query(
    `select action, count(*)::integer as n from agent_audit_log where target_table = 'saved_views' group by 1 order by 1`,
  )
  expect(rows).toEqual([
    { action: 'view.remove', n: 1 },
    { action: 'view.save', n: 3 },
  ])
})

test('what is no view is refused', async () => {
  for (const name of ['', '  ', 'x'.repeat(81), 'two\nlines']) {
    await expect(operator.views.save({ name, search: '' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  }
  await expect(
    operator.views.save({ name: 'long', search: 'x'.repeat(2001) }),
  ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(await refusal(operator.views.remove({ name: 'never was' }))).toMatchObject({
    code: 'NOTHING_TO_DO',
  })
})

test('someone who may only look can neither save nor remove', async () => {
  const guest = as('operator:guest', ['read'])
  await operator.views.save({ name: 'kept', search: '' })
  expect((await refusal(guest.views.save({ name: 'kept', search: 'x' }))).code).toBe('FORBIDDEN')
  expect((await refusal(guest.views.remove({ name: 'kept' }))).code).toBe('FORBIDDEN')
  expect(await operator.views.list()).toContainEqual(
    expect.objectContaining({ name: 'kept', search: '' }),
  )
})
