import type { Further } from '@holdpoint/protocol'

/** What is typed into the form of a yes that reaches further. */
export interface FurtherForm {
  readonly scope: 'run' | 'agent'
  readonly condition: string
  readonly onlyTarget: boolean
  readonly maxUses: string
  readonly hours: string
}

export const emptyForm: FurtherForm = {
  scope: 'run',
  condition: '',
  onlyTarget: false,
  maxUses: '',
  hours: '',
}

const whole = (text: string): number | null =>
  /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : null

/** The yes that the form stands for, or what is missing from it. */
export function furtherOf(
  form: FurtherForm,
  target: string | null,
  now: number,
): { readonly further: Further } | { readonly missing: string } {
  const condition = form.condition.trim()
  const maxUses = form.maxUses.trim() === '' ? undefined : whole(form.maxUses)
  const hours = form.hours.trim() === '' ? undefined : whole(form.hours)
  if (maxUses === null || maxUses === 0)
    return { missing: 'How often is a whole number from 1 on.' }
  if (hours === null || hours === 0)
    return { missing: 'How long is a whole number of hours, from 1 on.' }
  const until = hours === undefined ? undefined : new Date(now + hours * 3_600_000).toISOString()
  const only = form.onlyTarget && target !== null ? { target } : {}
  if (form.scope === 'run') {
    return {
      further: {
        scope: 'run',
        ...only,
        ...(condition !== '' && { condition }),
        ...(maxUses !== undefined && { maxUses }),
        ...(until !== undefined && { until }),
      },
    }
  }
  if (condition === '') return { missing: 'For other runs, say which arguments are meant.' }
  if (maxUses === undefined || until === undefined)
    return { missing: 'For other runs, say how often and for how long.' }
  return { further: { scope: 'agent', ...only, condition, maxUses, until } }
}
