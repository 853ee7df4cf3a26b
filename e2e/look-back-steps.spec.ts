import { night } from './look-back-night.ts'
import { expect, test } from './test.ts'

test('a minute back and on, by key and by the arrows of the handle', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { pay, early } = await night(stack, agent)
  // A history that is long enough to go back in.
  await stack.owner.query(
    `with old as (
       select gen_random_uuid() as id, at - interval '10 minutes' as at, state from run_events
       where workflow_id = $1 order by seq desc limit 1
     ), lived as (
       insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status)
         select id, $2, at, at, 1, 'complete' from old
     )
     insert into run_events (workflow_id, seq, kind, actor, login, at, state)
       select id, 1, 'run.complete', 'agent:' || $2::text, 'made', at, jsonb_set(state, '{id}', to_jsonb(id)) from old`,
    [pay, agent],
  )
  await page.goto(`${stack.url}/?agent=${agent}&at=${encodeURIComponent(early)}`)
  const moment = page.getByRole('slider', { name: 'Moment' })
  const begun = Number(await moment.getAttribute('aria-valuenow'))
  const stands = async (minutes: number) =>
    expect(moment).toHaveAttribute('aria-valuenow', String(begun + minutes * 60_000))
  await page.keyboard.press('Shift+,')
  await stands(-1)
  await page.keyboard.press('Shift+,')
  await stands(-2)
  await page.keyboard.press('Shift+.')
  await stands(-1)
  await moment.focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await stands(-2)
  await page.keyboard.press('Shift+ArrowRight')
  await stands(-1)
})
