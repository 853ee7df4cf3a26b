import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { cli } from './cli.fixture.ts'
import { commands } from './cli.ts'

describe('help', () => {
  it.each(commands.map(({ name }) => name))(
    'of "%s" has usage, options, exit codes and an example',
    async (name) => {
      const { code, out, err } = await cli([...name.split(' '), '--help'])
      expect(code).toBe(0)
      expect(err).toBe('')
      expect(out).toContain(`Usage: holdpoint ${name}`)
      for (const part of ['Options:', '--help', 'Exit codes:', 'Example'])
        expect(out).toContain(part)
      expect(out).toMatch(new RegExp(`Examples?:\\n(.*\\n)*.*holdpoint ${name}`))
    },
  )

  it('of everything lists each command', async () => {
    const { code, out } = await cli(['--help'])
    expect(code).toBe(0)
    for (const { name } of commands) expect(out).toContain(name)
  })

  it('of a group lists its commands', async () => {
    const { code, out } = await cli(['agent', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('agent isolate NAME')
    expect(out).not.toContain('doctor')
  })

  it('is found by the word help too', async () => {
    expect((await cli(['help', 'agent', 'add'])).out).toContain('Usage: holdpoint agent add NAME')
    expect((await cli(['help', 'kill'])).out).toContain('Usage: holdpoint kill [RUN]')
  })
})

describe('a wrong command line', () => {
  it.each([
    [['fly']],
    [['agent']],
    [['agent', 'fly']],
    [[]],
    [['runs', '--bogus']],
    [['runs', 'extra']],
    [['runs', '--state', 'asleep']],
    [['runs', '--limit', '0']],
    [['pause']],
    [['pause', 'abc', '--reason', 'too short a prefix']],
    [['pause', 'not-a-run-id', '--reason', 'x']],
    [['kill', '--reason', 'r']],
    [['kill', '--reason', 'r', '--agent', '']],
    [['kill', '--reason', 'r', '--agent', ' , ']],
    [['kill', '--reason', 'r', '--state', 'asleep']],
    [['kill', '--reason', 'r', '--stopped-by', 'boredom']],
    [['kill', 'abcdef12', '--agent', 'bot', '--reason', 'r']],
    [['kill', '--agent', 'bot']],
    [['kill', '--agent', 'bot', '--reason', 'r', '--json']],
    [['approve']],
    [['approve', 'abcdef12']],
    [['reject', 'abcde', '--reason', 'r']],
    [['reject', 'abcdef12', '--reason', ' ']],
    [['settle', 'abcdef12', 'maybe', '--reason', 'r']],
    [['settle', 'abcdef12', 'landed']],
    [['settle', 'abcdef12', 'not-landed', '--reason', 'r', '--response', '1']],
    [['settle', 'abcdef12', 'landed', '--reason', 'r', '--response', '{']],
    [['limits', 'abcdef12']],
    [['limits', 'abcdef12', '--tokens', '1.5']],
    [['limits', 'abcdef12', '--cost', '']],
    [['limits', 'abcdef12', '--deadline', '2027-01-31T18:00']],
    [['kill', 'abcdef12', '3eff658e', '--reason', 'r']],
    [['kill', 'abcdef12']],
    [['kill', 'abcdef12', '--reason', '  ']],
    [['start', '--port', 'high']],
    [['start', '--port', '70000']],
    [['start', '--port', '5000', '--pg-port', '5000']],
    [['migrate', '--adopt', 'a', '--schema', 'b']],
    [['replay', 'package.json', '--agent-url', 'nonsense']],
  ])('%j ends with 2', async (argv) => {
    const { code, out, err } = await cli(argv)
    expect(code).toBe(2)
    expect(err).not.toBe('')
    expect(err).not.toMatch(/\n\s+at /)
    expect(out).toBe('')
  })

  it('says what was not done and where to look', async () => {
    const { err } = await cli(['agent', 'isolate', '--reason', 'x'])
    expect(err).toBe(
      'holdpoint: NAME is missing. Nothing was done; see holdpoint agent isolate --help',
    )
  })

  it('never shows what DATABASE_URL says', async () => {
    const { code, err } = await cli(['doctor'], { DATABASE_URL: 'mysql://u:hunter2@h/d' })
    expect(code).toBe(2)
    expect(err).toContain('DATABASE_URL')
    expect(err).not.toContain('hunter2')
  })
})

describe('when nothing runs', () => {
  const nowhere = join(tmpdir(), 'holdpoint-is-not-here')

  it.each([
    [['runs']],
    [['agent', 'list']],
    [['agent', 'add', 'bot']],
    [['sign-in']],
    [['migrate']],
    [['doctor']],
  ])('%j ends with 3 and says what to start', async (argv) => {
    const { code, err } = await cli([...argv, '--data', nowhere])
    expect(code).toBe(3)
    expect(err).toContain('holdpoint start')
    expect(err.split('\n')).toHaveLength(1)
  })

  it('a control prints the SQL that does the same', async () => {
    const run = '3eff658e-195f-4741-bc10-079a20790b8a'
    const { code, err } = await cli(['kill', run, '--reason', "it's late", '--data', nowhere])
    expect(code).toBe(3)
    expect(err).toMatch(
      new RegExp(`select holdpoint\\.kill_run\\('${run}', 'operator:[^']+', 'it''s late'\\);`),
    )
  })

  it('isolating prints its three statements', async () => {
    const { err } = await cli(['agent', 'isolate', 'bot', '--reason', 'r', '--data', nowhere])
    expect(err).toMatch(/lock_agent_login\(.*\n.*end_agent_sessions\(.*\n.*hold_agent_runs\(/)
  })
})

describe('a failure nobody foresaw', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-cli-'))
  writeFileSync(join(folder, 'connection.json'), '{ "pid": 1 ')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is one line without a stack', async () => {
    const { code, err } = await cli(['runs', '--data', folder])
    expect(code).toBe(1)
    expect(err.split('\n')).toHaveLength(1)
    expect(err).toContain('damaged')
  })

  it('shows where on request', async () => {
    const { err } = await cli(['runs', '--data', folder], { HOLDPOINT_DEBUG: '1' })
    expect(err).toMatch(/\n\s+at /)
  })
})
