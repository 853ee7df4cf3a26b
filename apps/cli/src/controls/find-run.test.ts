import type { Run } from '@holdpoint/protocol'
import { describe, expect, it } from 'vitest'

import type { ServerApi } from '../server-api.ts'
import { checkRunText, findRun } from './find-run.ts'

const one = '3eff658e-195f-4741-bc10-079a20790b8a'
const two = '3eff658e-295f-4741-bc10-079a20790b8a'

/** A server with these runs, one on a page. */
function serverWith(...ids: string[]): ServerApi {
  const query = async (_path: string, input: unknown): Promise<unknown> => {
    const at = Number((input as { cursor?: string }).cursor ?? 0)
    const next = at + 1 < ids.length ? String(at + 1) : null
    return { rows: ids.slice(at, at + 1).map((id) => ({ id }) as Run), nextCursor: next }
  }
  return { url: '', query, ask: query, mutate: query, post: query } as ServerApi
}

describe('RUN', () => {
  it('is an id or its first characters', () => {
    expect(checkRunText(one.toUpperCase())).toBe(one)
    expect(checkRunText('3EFF65')).toBe('3eff65')
    for (const wrong of ['3eff6', 'xyzxyz', `${one}0`, "3eff65'"]) {
      expect(() => checkRunText(wrong)).toThrow('is no run')
    }
  })

  it('in full is not looked up', async () => {
    expect(await findRun(serverWith(), one)).toBe(one)
  })

  it('is found by a prefix, on a later page too', async () => {
    expect(await findRun(serverWith('0'.repeat(36), one), '3eff658e')).toBe(one)
  })

  it('that fits two runs is refused with both', async () => {
    await expect(findRun(serverWith(one, two), '3eff658e')).rejects.toThrow(
      new RegExp(`${one} and ${two}.*Nothing was done`),
    )
    expect(await findRun(serverWith(one, two), '3eff658e-2')).toBe(two)
  })

  it('that fits none is refused', async () => {
    await expect(findRun(serverWith(one), 'abcdef')).rejects.toThrow('No run begins with abcdef')
  })
})
