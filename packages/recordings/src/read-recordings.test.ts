import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, expect, test } from 'vitest'

import { readRecordings } from './read-recordings.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdpoint-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

test('a tool call is read with its arguments and its recorded result', async () => {
  const [run] = await readRecordings(fixture('shop-repairs.json'))
  expect(run).toMatchObject({
    agent: 'repairs-agent',
    goal: 'Please cancel my repair of Friday, number R17.',
    labels: { task: '0', trial: '0', reward: '1' },
  })
  expect(run?.turns.map(({ speaker }) => speaker)).toEqual([
    'user',
    'assistant',
    'assistant',
    'user',
    'assistant',
    'assistant',
  ])
  expect(run?.turns[1]?.calls).toEqual([
    {
      tool: 'get_repair',
      request: { repair_id: 'R17' },
      response: { repair_id: 'R17', day: 'Friday', state: 'booked' },
    },
  ])
  expect(run?.turns[4]?.calls[0]?.response).toBe('cancelled')
})

const call = (name: string) => ({
  role: 'assistant',
  tool_calls: [{ id: 'call_1', function: { name, arguments: '{}' } }],
})
const answer = (content: string) => ({ role: 'tool', tool_call_id: 'call_1', content })

test('a call has the answer that follows it, also where a run uses its id twice', async () => {
  const traj = [call('first'), answer('one'), call('second'), answer('two'), call('third')]
  const [run] = await readRecordings(written('twice.json', JSON.stringify([{ traj }])))
  const calls = run?.turns.flatMap((turn) => turn.calls) ?? []
  expect(calls.map(({ tool, response }) => [tool, response])).toEqual([
    ['first', 'one'],
    ['second', 'two'],
    ['third', null],
  ])
})

test('a conversation of several agents is one run with their names as steps', async () => {
  const runs = await readRecordings(fixture('loudest-bell.json'))
  expect(runs).toHaveLength(1)
  expect(runs[0]).toMatchObject({
    agent: 'orchestrator',
    goal: 'Which of the three bells is the loudest?',
  })
  expect(runs[0]?.turns.map(({ speaker }) => speaker)).toContain('Orchestrator (-> Reader)')
})

test('a folder is read file by file', async () => {
  expect(await readRecordings(fixture('.'))).toHaveLength(3)
})

test.each([
  ['no-json.json', '{', 'is not JSON'],
  ['list.json', '[1, 2]', 'holds no recorded runs'],
  ['other.json', '{"messages": []}', 'holds no recorded runs'],
  ['traj.json', '[{"traj": "none"}]', 'entry 0 has no "traj"'],
  ['history.json', '{"history": [1]}', '"history" is not a list of messages'],
])('%s is refused in words that name the file', async (name, text, why) => {
  const file = written(name, text)
  await expect(readRecordings(file)).rejects.toThrow(why)
  await expect(readRecordings(file)).rejects.toThrow(file)
})

test('a file that is not there is refused in words that name it', async () => {
  await expect(readRecordings(join(folder, 'absent.json'))).rejects.toThrow(
    /absent\.json cannot be read/,
  )
})
