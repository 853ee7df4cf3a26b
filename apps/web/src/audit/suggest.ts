import { isUuid } from '@holdpoint/protocol'

import { fields, type AuditSearch, type Field } from './search.ts'

/** What choosing it does: narrows the view, or goes on typing. */
export type Suggestion =
  | { readonly kind: 'filter'; readonly label: string; readonly by: AuditSearch }
  | { readonly kind: 'type'; readonly label: string; readonly text: string; readonly hint: string }

/** Values at hand, of each field: from the rows on screen, the fleet, and what the server knows. */
export type Known = Readonly<Partial<Record<Field, readonly string[]>>>

const hints: Record<Field, string> = {
  agent: 'whose rows',
  run: 'by its id',
  actor: 'who did it: agent:…, operator:…, or people',
  login: 'the database login that wrote it',
  table: 'what was written to',
  row: 'which row of it',
  action: 'whole, or its beginning and *',
}

const most = 10

/** `agent: ref` is a field and what was typed of its value. */
export function typedField(typed: string): { field: Field; value: string } | null {
  const [, name, value = ''] = /^\s*([a-z]+)\s*:\s*(.*?)\s*$/.exec(typed) ?? []
  const field = fields.find((each) => each === name)
  return field === undefined ? null : { field, value }
}

const filter = (field: Field, value: string): Suggestion => ({
  kind: 'filter',
  label: `${field}: ${value}`,
  by: { [field]: value },
})

/** What begins so first, then what has it inside. */
function matching(values: readonly string[] | undefined, text: string): readonly string[] {
  const low = text.toLowerCase()
  const found = [...new Set(values)].filter((value) => value.toLowerCase().includes(low))
  const begins = (value: string) => value.toLowerCase().startsWith(low)
  return [...found.filter(begins), ...found.filter((value) => !begins(value))]
}

function ofField(field: Field, value: string, known: Known): readonly Suggestion[] {
  const values = matching(known[field], value).slice(0, most)
  const suggested = values.map((each) => filter(field, each))
  if (value === '') return suggested
  const literal = field === 'run' && !isUuid(value) ? [] : [filter(field, value)]
  const open =
    (field === 'action' || field === 'actor') && !value.endsWith('*')
      ? [filter(field, `${value}*`)]
      : []
  if (values[0] === value) return [...suggested, ...open]
  // Enter takes what is known before what was half typed.
  return values.length > 0 ? [...suggested, ...open, ...literal] : [...literal, ...open]
}

/** What the words typed so far can mean. */
export function suggest(typed: string, known: Known): readonly Suggestion[] {
  const named = typedField(typed)
  if (named !== null) return ofField(named.field, named.value, known)
  const text = typed.trim()
  const low = text.toLowerCase()
  const whole: readonly Suggestion[] = [
    { kind: 'filter', label: 'people: everything that no agent did', by: { actor: 'people' } },
    { kind: 'filter', label: 'late: written after the run had ended', by: { late: 'yes' } },
  ]
  const parts = fields
    .filter((field) => field.startsWith(low))
    .map((field): Suggestion => ({
      kind: 'type',
      label: `${field}:`,
      text: `${field}:`,
      hint: hints[field],
    }))
  const words = whole.filter(({ label }) => label.startsWith(low))
  if (text === '') return [...parts, ...words]
  const ids = isUuid(text) ? [filter('run', text.toLowerCase()), filter('row', text)] : []
  const values = fields.flatMap((field) =>
    matching(known[field], text)
      .slice(0, 4)
      .map((value) => filter(field, value)),
  )
  return [
    ...ids,
    ...parts,
    ...words,
    ...values,
    filter('action', `${text}*`),
    filter('row', text),
  ].slice(0, 14)
}
