import type { ChangeSubject } from './asked.ts'

/** What a change makes live, as in `the skill answer from 3 to 4`. The names are the agent's own. */
export const changeWords = ({ what, name, from, to }: ChangeSubject): string =>
  `the ${what} ${name}${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`
