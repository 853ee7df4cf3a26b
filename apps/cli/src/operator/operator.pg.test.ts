import { expect, test } from 'vitest'

import { serve } from '../controls/server.fixture.ts'

const { run, db } = await serve()

test('a person is added with roles and agents, and a link that signs them in', async () => {
  const added = await run([
    'operator',
    'add',
    'nia',
    '--role',
    'operator,reviewer',
    '--agents',
    'bot',
  ])
  expect(added).toMatchObject({ code: 0 })
  const answer = await fetch(added.out.trim(), { redirect: 'manual' })
  expect(answer.status).toBe(303)
  const { rows } = await db.owner.query(
    `select roles, agents, added_by from operators where name = 'nia'`,
  )
  expect(rows).toEqual([
    { roles: ['operator', 'reviewer'], agents: ['bot'], added_by: 'token:cli' },
  ])
  expect((await run(['operator', 'list'])).out).toMatch(/nia +operator,reviewer +bot +1/)
})

test('another link is made by name, until they are disabled', async () => {
  await run(['operator', 'add', 'max'])
  const { out } = await run(['sign-in', 'max'])
  await run(['operator', 'disable', 'max', '--reason', 'left'])
  expect((await fetch(out.trim(), { redirect: 'manual' })).status).toBe(401)
  expect(await run(['sign-in', 'max'])).toMatchObject({ code: 1 })
})

test('what is no role adds nobody', async () => {
  expect(await run(['operator', 'add', 'zoe', '--role', 'king'])).toMatchObject({ code: 2 })
  expect(await run(['operator', 'add', 'Zoe Z'])).toMatchObject({ code: 1 })
  const { rowCount } = await db.owner.query(
    `select from operators where name like 'z%' and name <> 'zed'`,
  )
  expect(rowCount).toBe(0)
})
