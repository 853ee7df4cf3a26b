import { signInLimits } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { openContract } from './support/contract.ts'
import { fresh, person, secret, signIn } from './support/people.ts'
import { one, outcomeOf } from './support/refusal.ts'

// The settings show these to administrators as facts.
const db = await openContract()

test('a session lasts as long as is said, used or not', async () => {
  const { name } = await person(db.server, ['viewer'])
  await signIn(db.server, name)
  const kept = await one<{ days: number; used: boolean; idle: boolean }>(
    db.admin,
    `select round(extract(epoch from expires_at - began_at) / 86400)::integer as days, is_live(s) as used,
       is_live(jsonb_populate_record(s, jsonb_build_object('last_seen_at', s.last_seen_at - make_interval(days => $2)))) as idle
     from operator_sessions s where operator = $1`,
    [name, signInLimits.sessionIdleDays],
  )
  expect(kept).toEqual({ days: signInLimits.sessionDays, used: true, idle: false })
})

async function triesUntilRefused(next: () => [name: string, address: string]): Promise<number> {
  for (let n = 0; ; n++) {
    const [name, address] = next()
    const outcome = await outcomeOf(
      db.server.query('select sign_in_with_password($1, $2, $3, null, $4)', [
        name,
        secret(),
        secret(),
        address,
      ]),
    )
    if (outcome === 'HP032') return n
  }
}

test('as many tries are free as is said, by account and by address', async () => {
  expect(await triesUntilRefused(() => ['account', fresh('place')])).toBe(
    signInLimits.freeTriesOfAccount,
  )
  expect(await triesUntilRefused(() => [fresh('guess'), 'place'])).toBe(
    signInLimits.freeTriesOfAddress,
  )
})

test('no wait is longer than is said, and whoever waits is shown to the server', async () => {
  await db.admin.query(`select count_failure('account:patient', 5) from generate_series(1, 40)`)
  const { minutes } = await one<{ minutes: number }>(
    db.server,
    `select round(extract(epoch from until - clock_timestamp()) / 60)::integer as minutes
     from sign_in_waits() where key = 'account:patient'`,
  )
  expect(minutes).toBe(signInLimits.longestWaitMinutes)
})
