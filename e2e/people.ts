import type { Role } from '@holdpoint/protocol'
import type { Page } from '@playwright/test'

import type { Stack } from './stack.ts'

/** Calls the server with the key of the CLI. */
export async function ask<T>(stack: Stack, path: string, input: unknown): Promise<T> {
  const answer = await fetch(`${stack.url}/trpc/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.connection.apiToken}`,
      'content-type': 'application/json',
      'x-holdpoint': '1',
    },
    body: JSON.stringify(input),
  })
  const told = (await answer.json()) as { result?: { data: T } }
  if (told.result === undefined) throw new Error(`${path} was refused: ${JSON.stringify(told)}`)
  return told.result.data
}

/** Someone with these roles, who may command these agents, or all. @returns a link that signs them in */
export async function addPerson(
  stack: Stack,
  name: string,
  roles: readonly Role[],
  agents: readonly string[] | null = null,
): Promise<string> {
  await ask(stack, 'operators.add', { name, roles, agents })
  return linkFor(stack, name)
}

export const linkFor = async (stack: Stack, name: string): Promise<string> =>
  (await ask<{ url: string }>(stack, 'operators.link', { name })).url

/** Adds a person and signs a browser in as them. */
export async function signInAs(
  page: Page,
  stack: Stack,
  name: string,
  ...roles: Role[]
): Promise<void> {
  await page.goto(await addPerson(stack, name, roles))
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ state: 'attached' })
}
