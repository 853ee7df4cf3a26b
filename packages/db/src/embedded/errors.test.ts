import { expect, test } from 'vitest'

import { DataFolderError, explainFileError, PortTakenError } from './errors.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: no`), { code })

test('a full disk and a closed folder are told in words, with what to do', () => {
  expect(explainFileError(systemError('ENOSPC'), '/data')).toBeInstanceOf(DataFolderError)
  expect(explainFileError(systemError('ENOSPC'), '/data')).toMatchObject({
    message: '/data cannot be written. The disk is full: free some space and start again.',
  })
  expect(explainFileError(systemError('EACCES'), '/data')).toMatchObject({
    message: expect.stringContaining('HOLDPOINT_DATA') as string,
  })
})

test('errors that are explained already, and mistakes of ours, stay what they are', () => {
  const taken = new PortTakenError(5432)
  expect(explainFileError(taken, '/data')).toBe(taken)
  const mistake = new TypeError('undefined is not a function')
  expect(explainFileError(mistake, '/data')).toBe(mistake)
})
