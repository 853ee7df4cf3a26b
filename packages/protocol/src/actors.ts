// Who did something, as the log has it: `operator:ana`, `token:ci`, `agent:invoice-bot`, `holdpoint`.
import { isStandingApproval } from './former-words.ts'

const person = 'operator:'
const agent = 'agent:'

export const isAgent = (actor: string): boolean => actor.startsWith(agent)

export const isPerson = (actor: string): boolean => actor.startsWith(person)

/** A person by the name alone; anyone else as the log has them. */
export const shortActor = (actor: string): string =>
  isPerson(actor) ? actor.slice(person.length) : actor

/** The same to a reader: `ana`, `agent invoice-bot`, `token “ci”`, `login root`, `holdpoint`. */
export function spokenActor(actor: string): string {
  if (isStandingApproval(actor)) return 'a standing approval'
  const colon = actor.indexOf(':')
  const name = actor.slice(colon + 1)
  switch (actor.slice(0, colon + 1)) {
    case person:
      return name
    case agent:
      return `agent ${name}`
    case 'token:':
      return `token “${name}”`
    case 'login:':
      return `login ${name}`
    default:
      return actor
  }
}

/** Whom someone typed: a name alone is a person's. */
export function typedActor(typed: string): string {
  const name = typed.trim()
  return name.includes(':') ? name : `${person}${name}`
}
