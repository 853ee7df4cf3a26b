import { everyoneCanUse } from './everyone.ts'
import { aFamily, aRun, dialog, goals, list, runningRuns, selected, table } from './fleet-runs.ts'
import { openPalette, row } from './screens.ts'
import { expect, test } from './test.ts'

test('children stand under their parents; folded, a parent says what it hides; the address keeps it', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await aFamily(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Top', 'Middle', 'Leaf', 'Broken'])
  await expect(row(page, 'Leaf of')).toContainText('child run, level 2')

  await row(page, 'Top of').getByRole('button', { name: 'Hide child runs' }).click()
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Top'])
  await expect(row(page, 'Top of')).toContainText('2 active, 1 failed')
  await page.reload()
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Top'])

  await row(page, 'Top of').getByText('Running').click()
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Top', 'Middle', 'Leaf', 'Broken'])
  await page.keyboard.press('ArrowRight')
  await expect(table(page).getByRole('row', { selected: true })).toContainText('Middle of')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Top', 'Middle', 'Broken'])
  await page.keyboard.press('ArrowLeft')
  await expect(table(page).getByRole('row', { selected: true })).toContainText('Top of')

  await page.getByRole('button', { name: 'Tree' }).click()
  await expect(page).toHaveURL(/tree=flat/)
  await expect.poll(async () => goals(page)).toEqual(['Alone', 'Leaf', 'Middle', 'Top', 'Broken'])
})

test('a child whose parent the filter hides stands under nobody else', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await aFamily(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}&q=of`)
  await expect(row(page, 'Leaf of')).toContainText('level 2')
  await page.goto(`${stack.url}/?agent=${agent}&q=leaf`)
  await expect.poll(async () => goals(page)).toEqual(['Leaf'])
  await expect(row(page, 'Leaf of')).not.toContainText('level')
  await expect(row(page, 'Leaf of').getByTitle('Started by another run')).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('u')
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toContainText('Middle of')
})

test('columns are chosen, ordered and sorted by, and a saved view brings them all back', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 3)
  await page.goto(`${stack.url}/?agent=${agent}`)
  const heads = async () => table(page).getByRole('columnheader').allInnerTexts()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Spend' }).click()
  await page.getByRole('checkbox', { name: 'Started' }).click()
  await page.getByRole('button', { name: 'Started: earlier' }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/cols=state,agent,goal,step,tool,drift,started,event/)
  await expect
    .poll(heads)
    .toEqual([
      '',
      'State',
      'Agent · skill',
      'Goal',
      'Step',
      'Tool, or why it stopped',
      'Drift',
      'Started',
      'Last event',
    ])
  await table(page).getByRole('button', { name: 'Started' }).click()
  await table(page).getByRole('button', { name: 'Started' }).click()
  await expect(page).toHaveURL(/sort=started/)
  await expect(page).toHaveURL(/reverse=yes/)
  await expect(table(page).getByRole('columnheader', { name: 'Started' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  )
  const parts = () => page.url().split(/[?&]/).toSorted()
  const address = parts()

  const name = `Morning of ${agent}`
  const views = dialog(page)
  await page.getByRole('button', { name: 'Views' }).click()
  await expect(views).toContainText('Save')
  await views.getByRole('textbox', { name: 'Name of this view' }).fill(name)
  await views.getByRole('button', { name: 'Save' }).click()
  await expect(views).toHaveCount(0)

  await page.goto(stack.url)
  await page.getByRole('button', { name: 'Views' }).click()
  await views.getByRole('button', { name, exact: true }).click()
  await expect.poll(parts).toEqual(address)
  await expect.poll(heads).toContain('Started')
  await page.reload()
  await expect.poll(heads).toContain('Started')

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('button', { name: 'Back to the usual columns' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Views' }).click()
  await views.getByRole('textbox', { name: 'Name of this view' }).fill(name)
  await views.getByRole('button', { name: 'Save' }).click()
  await expect(views).toContainText('Replace it for everyone?')
  await views.getByRole('button', { name: 'Replace', exact: true }).click()
  await expect(views).toHaveCount(0)

  await page.goto(stack.url)
  await openPalette(page)
  await page.keyboard.type(`morning of ${agent}`)
  await dialog(page)
    .getByRole('option', { name: `View: ${name}` })
    .click()
  await expect(page).toHaveURL(/sort=started/)
  await expect.poll(heads).toContain('Spend')

  await page.getByRole('button', { name: 'Views' }).click()
  await views.getByRole('button', { name: `Remove ${name}` }).click()
  await views.getByRole('button', { name: `Remove ${name} for everyone` }).click()
  await expect(views.getByRole('button', { name, exact: true })).toHaveCount(0)
})

test('under the pointer nothing moves: new runs wait, counted, also beside chosen ones and a tree', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await aFamily(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Leaf of')).toBeVisible()
  await row(page, 'Leaf of').getByRole('checkbox', { name: 'Select' }).click()
  const before = await goals(page)
  await aRun(url, agent, 'Newest')
  const waiting = page.getByRole('button', { name: '1 new' })
  await expect(async () => {
    // A mouse that rests is not pointing: it is moved a little, as a hand does.
    await row(page, 'Leaf of').hover({ position: { x: 300 + Math.random() * 40, y: 12 } })
    await expect(waiting).toBeVisible({ timeout: 1000 })
  }).toPass()
  expect(await goals(page)).toEqual(before)
  await row(page, 'Top of').getByRole('button', { name: 'Hide child runs' }).click()
  expect(await goals(page)).toEqual(['Alone', 'Top'])
  await expect(async () => {
    // On its way there the mouse leaves the rows, and they may be let in before the press.
    if (await waiting.isVisible()) await waiting.click({ timeout: 1000 })
    expect(await goals(page)).toEqual(['Newest', 'Alone', 'Top'])
  }).toPass()
  await expect(selected(page)).toContainText('1 selected')
})

test('dialogs and menus of the fleet can be used by everyone (axe)', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await aFamily(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Top of')).toBeVisible()
  await page.keyboard.press('Control+a')
  await expect(selected(page)).toBeVisible()
  await everyoneCanUse(page, 'selection')
  await page.keyboard.press('p')
  await expect(list(page, 'Will not change')).toHaveCount(1)
  await everyoneCanUse(page, 'dry run')
  await page.keyboard.press('Escape')
  for (const menu of ['Columns', 'Views']) {
    await page.getByRole('button', { name: menu }).click()
    await expect(dialog(page)).toBeVisible()
    await everyoneCanUse(page, menu)
    await page.keyboard.press('Escape')
  }
  await page.keyboard.press('?')
  await expect(dialog(page)).toContainText('Select every run of the filter')
  await everyoneCanUse(page, 'keys')
})
