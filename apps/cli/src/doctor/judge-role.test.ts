import { describe, expect, it } from 'vitest'

import { expectedOfAgents } from './expected.ts'
import { judgeRole } from './judge-role.ts'
import type { RoleFacts, TableReach } from './read-roles.ts'

const tables = (['SELECT', 'INSERT', 'UPDATE'] as const).flatMap((privilege) =>
  Object.entries(expectedOfAgents[privilege]).map(([table, columns]): TableReach => ({
    table,
    privilege,
    columns: columns === '*' ? [] : columns,
    allColumns: columns === '*',
  })),
)

const agent: RoleFacts = {
  role: 'agent_bot',
  superuser: false,
  createRole: false,
  createDatabase: false,
  replication: false,
  bypassRowSecurity: false,
  canLogin: true,
  memberOf: ['agent_worker'],
  owns: [],
  canDeleteElsewhere: [],
  canCreateHere: false,
  tables,
  functions: expectedOfAgents.execute,
}

const reach = (table: string, privilege: string, columns: string[] = []): TableReach => ({
  table,
  privilege,
  columns,
  allColumns: columns.length === 0,
})

describe('an agent’s login', () => {
  it('is well when it reaches what it should', () => {
    expect(judgeRole('agent', agent)).toMatchObject({ status: 'ok', name: 'agent_bot' })
  })

  it.each<[string, Partial<RoleFacts>]>([
    ['is a superuser', { superuser: true }],
    ['CREATEROLE', { createRole: true }],
    ['BYPASSRLS', { bypassRowSecurity: true }],
    ['is a member of pg_write_all_data', { memberOf: ['agent_worker', 'pg_write_all_data'] }],
    ['owns table backups', { owns: ['table backups'] }],
    ['can delete from public.backups', { canDeleteElsewhere: ['public.backups'] }],
    ['may create in our schema', { canCreateHere: true }],
    ['DELETE on tasks', { tables: [...tables, reach('tasks', 'DELETE')] }],
    [
      'UPDATE on approval_queue',
      { tables: [...tables, reach('approval_queue', 'UPDATE', ['decision'])] },
    ],
    ['may call kill_run', { functions: [...agent.functions, 'kill_run'] }],
  ])('%s is too wide', (words, facts) => {
    const { status, detail } = judgeRole('agent', { ...agent, ...facts })
    expect(status).toBe('bad')
    expect(detail).toContain('too wide')
    expect(detail).toContain(words)
  })

  it('names the columns that are too many', () => {
    const wider = tables.map((each) =>
      each.table === 'tasks' && each.privilege === 'UPDATE'
        ? { ...each, columns: [...each.columns, 'agent_id'] }
        : each,
    )
    expect(judgeRole('agent', { ...agent, tables: wider }).detail).toContain(
      'UPDATE on tasks (agent_id)',
    )
  })

  it('that lacks what it works with is bad too', () => {
    const narrow = {
      ...agent,
      functions: agent.functions.filter((name) => name !== 'begin_action'),
    }
    expect(judgeRole('agent', narrow)).toMatchObject({
      status: 'bad',
      detail: 'lacks the function begin_action',
    })
    expect(judgeRole('agent', { ...agent, memberOf: [] }).detail).toContain('membership')
  })
})

it('a group that may log in is too wide', () => {
  const group = { ...agent, role: 'agent_worker', memberOf: [] }
  expect(judgeRole('agents', group).detail).toContain('may log in')
  expect(judgeRole('agents', { ...group, canLogin: false }).status).toBe('ok')
})
