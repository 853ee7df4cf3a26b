import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { FormatError, type Recording } from './recording.ts'
import { tauBench } from './tau-bench.ts'
import { whoAndWhen } from './who-and-when.ts'

const formats = [tauBench, whoAndWhen]
const expected = formats.map(({ looksLike }) => looksLike).join(', or ')

/** Every recorded run of a file, or of the .json files of a folder. @throws FormatError */
export async function readRecordings(path: string): Promise<Recording[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new FormatError(`${path} cannot be read. Expected ${expected}.`, { cause: error })
  })
  const files = found.isDirectory() ? await jsonFiles(path) : [path]
  const recordings = await Promise.all(files.map(readOne))
  return recordings.flat()
}

async function jsonFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  if (names.length === 0) {
    throw new FormatError(`${folder} has no .json file. Expected files with ${expected}.`)
  }
  return names
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, name))
}

async function readOne(file: string): Promise<Recording[]> {
  const text = await readFile(file, 'utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FormatError(`${file} is not JSON. Expected ${expected}.`, { cause: error })
  }
  const format = formats.find((each) => each.recognises(json))
  if (format === undefined) {
    throw new FormatError(`${file} holds no recorded runs. Expected ${expected}.`)
  }
  return format.read(json, file)
}
