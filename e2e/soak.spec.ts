import { freshness, isLive, openRun, showsWholeHistory } from './screens.ts'
import type { Stack } from './stack.ts'
import { Wire } from './stack/wire.ts'
import { expect, test } from './test.ts'

const rounds = 12
const anything = /./

async function agents(stack: Stack, count: number) {
  const started = Array.from({ length: count }, async (_, n) => {
    const agent = `soaked-${n}`
    const url = await stack.addAgent(agent)
    const run = crypto.randomUUID()
    const start = () =>
      stack.sdkAgent(
        'five-lines.ts',
        url,
        JSON.stringify({ agent, goal: `Soak ${agent}`, runId: run, leaseMs: 2000 }),
      )
    return { run, start, program: start() }
  })
  return Promise.all(started)
}

const eventsOf = async (stack: Stack): Promise<number> => {
  const { rows } = await stack.owner.query<{ n: number }>(
    'select count(*)::integer as n from run_events',
  )
  return rows[0]?.n ?? 0
}

test('server, database, network and agents die in turn, again and again: every history stays whole @nightly', async ({
  page,
  fragile: stack,
  provokes,
}) => {
  test.setTimeout(1_800_000)
  provokes.push(anything)
  const working = await agents(stack, 4)
  const wire = await Wire.to(stack.port)
  await page.goto(stack.signInUrl.replace(String(stack.port), String(wire.port)))
  await openRun(page, 'Soak soaked-0')
  const deaths = [
    async () => wire.cut(),
    async () => stack.killPostgres(),
    async () => stack.restartServer(),
    async () => {
      const victim = working[1]
      await victim?.program.kill()
      if (victim !== undefined) victim.program = victim.start()
    },
  ]
  for (let round = 0; round < rounds; round += 1) {
    await deaths[round % deaths.length]?.()
    await isLive(page)
    const before = await eventsOf(stack).catch(() => 0)
    await expect
      .poll(async () => eventsOf(stack).catch(() => 0), { timeout: 120_000 })
      .toBeGreaterThan(before + 20)
  }
  await Promise.all(working.map(async ({ program }) => program.stop()))
  await expect(freshness(page, /^Live$/)).toBeAttached()
  for (const { run } of working) {
    await page.goto(`http://127.0.0.1:${wire.port}/runs/${run}`)
    await isLive(page)
    await showsWholeHistory(page, stack, run)
  }
  await wire.close()
})
