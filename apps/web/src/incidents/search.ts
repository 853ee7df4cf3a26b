import { parseMoment, type TimeWindow } from '../time/moment.ts'
import { parseZoom, writeZoom } from './timeline/zoom.ts'

/** The incidents page's view, as the URL holds it. */
export interface IncidentSearch extends TimeWindow {
  readonly agent?: readonly string[]
  /** What part of the window the lanes show, as `parseZoom` reads it. */
  readonly zoom?: string
  /** The lanes as a table. */
  readonly view?: 'table'
  /** The run that the cursor is put on at first. */
  readonly run?: string
}

const mostAgents = 50

const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : []

/** Reads the URL; what it does not understand it drops, so that an old link still opens. */
export function parseIncidentSearch(raw: Record<string, unknown>): IncidentSearch {
  const from = parseMoment(raw['from'])
  const to = parseMoment(raw['to'])
  const zoom = writeZoom(parseZoom(raw['zoom']))
  const agents = [...new Set(list(raw['agent']))].filter((name) => name !== '').slice(0, mostAgents)
  return {
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...(agents.length > 0 && { agent: agents }),
    ...(zoom !== undefined && { zoom }),
    ...(raw['view'] === 'table' && { view: 'table' }),
    ...(typeof raw['run'] === 'string' && raw['run'] !== '' && { run: raw['run'] }),
  }
}

/** The same view without some of its parts. */
export function without(search: IncidentSearch, ...keys: (keyof IncidentSearch)[]): IncidentSearch {
  const rest = { ...search }
  for (const key of keys) delete rest[key]
  return rest
}
