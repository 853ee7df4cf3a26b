// Who did something, as the log has it: `operator:ana`, `token:ci`, `agent:invoice-bot`, `holdpoint`.

const person = 'operator:'

export const isPerson = (actor: string): boolean => actor.startsWith(person)

/** A person by the name alone; anyone else as the log has them. */
export const shortActor = (actor: string): string =>
  isPerson(actor) ? actor.slice(person.length) : actor

/** Whom someone typed: a name alone is a person's. */
export function typedActor(typed: string): string {
  const name = typed.trim()
  return name.includes(':') ? name : `${person}${name}`
}
