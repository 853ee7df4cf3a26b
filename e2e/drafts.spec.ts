import { everyoneCanUse } from './everyone.ts'
import { addPerson, signInAs } from './people.ts'
import { asks, placeOf } from './requests.ts'
import { isLive, pressAnswer } from './screens.ts'
import { expect, test } from './test.ts'

test('what was typed into a policy stays in the tab until it is saved or discarded, also past somebody else’s version, or until its writer signs out', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  // Once signed out, what it still asks for is refused.
  provokes.push(/401/)
  await signInAs(page, stack, `boss-${agent}`, 'admin')
  const place = `${stack.url}/agents?view=policies`
  await page.goto(place)
  await page.getByRole('button', { name: 'New policy' }).click()
  const form = page.getByRole('dialog')
  const name = form.getByLabel('Name', { exact: true })
  const tool = form.getByRole('textbox', { name: 'Tool' })
  await name.fill(`Refunds of ${agent}`)
  await tool.fill(`${agent}.*`)
  await page.reload()
  await page.getByRole('button', { name: 'Go on with the new policy' }).click()
  await expect(form.getByRole('status').filter({ hasText: 'As you left it' })).toBeVisible()
  await expect(tool).toHaveValue(`${agent}.*`)
  await everyoneCanUse(page)
  await form.getByRole('button', { name: 'Put in force' }).click()
  await expect(form).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'New policy' })).toBeVisible()

  // Left by Escape it is kept; discarded it is gone.
  const edit = page.getByRole('button', { name: `Edit Refunds of ${agent}` })
  const goOn = page.getByRole('button', { name: `Go on editing Refunds of ${agent}` })
  await edit.click()
  await form.getByLabel('Deadline, in minutes').fill('30')
  await page.keyboard.press('Escape')
  await goOn.click()
  await expect(form.getByLabel('Deadline, in minutes')).toHaveValue('30')
  await form.getByRole('button', { name: 'Discard' }).click()
  await edit.click()
  await expect(form.getByLabel('Deadline, in minutes')).toHaveValue('')

  // Somebody saves another version while it is typed over.
  await form.getByLabel('Deadline, in minutes').fill('45')
  const theirs = await page.context().newPage()
  await theirs.goto(place)
  await theirs.getByRole('button', { name: `Edit Refunds of ${agent}` }).click()
  await theirs.getByRole('dialog').getByLabel('Deadline, in minutes').fill('5')
  await theirs.getByRole('button', { name: 'Save next version' }).click()
  await expect(theirs.getByRole('dialog')).toHaveCount(0)
  await theirs.close()
  const overtaken = form.getByRole('region', { name: 'Saved meanwhile' })
  await expect(overtaken).toContainText('saved version 2 meanwhile')
  await expect(overtaken).toBeFocused()
  await expect(overtaken).toBeInViewport({ ratio: 1 })
  await expect(form.getByLabel('Deadline, in minutes')).toHaveValue('5')
  await expect(form.getByLabel('Deadline, in minutes')).toBeDisabled()
  await expect(form.getByRole('region', { name: 'What they changed' })).toContainText('5')
  await expect(form.getByRole('region', { name: 'What you typed' })).toContainText('45')
  await expect(form.getByText('Changed by both: Deadline, in minutes.')).toBeVisible()
  await everyoneCanUse(page)
  await form.getByRole('button', { name: 'Apply mine again' }).click()
  await expect(form.getByLabel('Deadline, in minutes')).toHaveValue('45')
  await form.getByRole('button', { name: 'Save next version' }).click()
  await expect(form).toHaveCount(0)
  await edit.click()
  await expect(form.getByText('Earlier versions (2)')).toBeVisible()

  await form.getByLabel('Deadline, in minutes').fill('7')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /Signed in as/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  expect(await page.evaluate(() => Object.keys(sessionStorage).join())).not.toContain('draft')
})

test('what was typed is there for whoever typed it, and gone once another person signs in in that tab', async ({
  page,
  stack,
  agent,
}) => {
  const columns = { tool: `${agent}.pay`, arguments: '{"eur": 12}' }
  const { id } = await asks(await stack.addAgent(agent), agent, columns)
  const place = placeOf(stack, id)
  const other = await addPerson(stack, `other-${agent}`, ['reviewer'])
  await signInAs(page, stack, `boss-${agent}`, 'admin')
  await page.goto(place)
  await isLive(page)
  await pressAnswer(page, 'e')
  const reason = page.getByRole('textbox', { name: 'Reason' })
  const editor = page.getByRole('textbox', { name: 'Arguments, as JSON' })
  await expect(editor).toBeFocused()
  await reason.fill('not for other eyes')
  await page.goto(`${stack.url}/agents?view=drift`)
  await page.getByRole('row').filter({ hasText: agent }).getByRole('button').click()
  const why = page.getByRole('textbox', { name: 'Why' })
  await why.fill('it wanders')
  await page.getByLabel('Loop at').fill('0.8')
  // Which one is open stands in the address.
  await page.reload()
  await expect(page.getByLabel('Loop at')).toHaveValue('0.8')
  await expect(why).toHaveValue('it wanders')
  await page.goto(place)
  await expect(reason).toHaveValue('not for other eyes')

  // Nobody signs out; the next person comes by a link of theirs.
  await page.goto(other)
  await isLive(page)
  await page.goto(place)
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toBeEnabled()
  await expect(reason).toHaveValue('')
  await expect(editor).toHaveCount(0)
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('other eyes')
})

test('an agent’s policy for drift that somebody else saves meanwhile does not take what was typed', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  await stack.addAgent(agent)
  const place = `${stack.url}/agents?view=drift`
  const edit = (of: typeof page) =>
    of.getByRole('row').filter({ hasText: agent }).getByRole('button')
  await page.goto(place)
  await edit(page).click()
  await page.getByLabel('Loop at').fill('0.8')
  const theirs = await page.context().newPage()
  await theirs.goto(place)
  await edit(theirs).click()
  await theirs.getByLabel('Drift at').fill('0.9')
  await theirs.getByRole('button', { name: 'Save as version 1' }).click()
  await expect(theirs.getByRole('button', { name: 'Save as version 2' })).toBeVisible()
  await theirs.close()
  await page.reload()
  const meanwhile = page.getByRole('region', { name: 'Saved meanwhile' })
  await expect(meanwhile).toContainText('saved version 1 meanwhile')
  await expect(meanwhile).toBeFocused()
  await expect(meanwhile.getByRole('region', { name: 'What they changed' })).toContainText(
    'Drift at',
  )
  await expect(meanwhile.getByRole('region', { name: 'What you typed' })).toContainText('Loop at')
  await expect(page.getByLabel('Drift at')).toHaveValue('0.9')
  await expect(page.getByLabel('Drift at')).toBeDisabled()
  await everyoneCanUse(page)
  await meanwhile.getByRole('button', { name: 'Apply mine again' }).click()
  await page.getByRole('button', { name: 'Save as version 2' }).click()
  await expect(page.getByRole('button', { name: 'Save as version 3' })).toBeVisible()
  await expect(page.getByLabel('Loop at')).toHaveValue('0.8')
  await expect(page.getByLabel('Drift at')).toHaveValue('0.9')
})
