import {
  aFamily,
  aRun,
  dialog,
  list,
  runningRuns,
  selected,
  statuses,
  table,
} from './fleet-runs.ts'
import { headState, hold, openPalette, row } from './screens.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

test('many runs are chosen by keys, and a dry run says exactly what would change', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 4)
  await page.goto(`${stack.url}/?agent=${agent}&state=running,paused`)
  await expect(row(page, 'Run')).toHaveCount(4)
  await page.keyboard.press('j')
  await page.keyboard.press('Shift+J')
  await expect(selected(page)).toContainText('2 selected')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Space')
  await expect(selected(page)).toContainText('3 selected')
  // Where the keys are is ringed, not each row that is chosen.
  await table(page).focus()
  const ringed = await table(page)
    .locator('[data-run]')
    .evaluateAll((rows) => rows.map((each) => getComputedStyle(each).outlineStyle !== 'none'))
  expect(ringed.filter(Boolean)).toHaveLength(1)
  await page.keyboard.press('Space')
  await expect(selected(page)).toContainText('2 selected')

  await page.keyboard.press('p')
  await expect(dialog(page)).toContainText('2 runs will change')
  await expect(list(page, 'Will change')).toHaveCount(2)
  await expect(dialog(page)).toContainText('No action in flight')
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
  expect(await statuses(stack, agent)).toEqual(['running', 'running', 'running', 'running'])

  await page.keyboard.press('p')
  await dialog(page).getByRole('textbox', { name: 'Reason' }).fill('Too loud')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('2 runs paused')
  await expect(list(page, 'Done')).toHaveCount(2)
  await dialog(page).getByRole('button', { name: 'Close' }).click()
  await expect
    .poll(async () => (await statuses(stack, agent)).toSorted())
    .toEqual(['paused', 'paused', 'running', 'running'])

  await page.keyboard.press('Control+a')
  await expect(selected(page)).toContainText('4 selected')
  await page.keyboard.press('Escape')
  await expect(selected(page)).toHaveCount(0)
})

test('by mouse: boxes, Ctrl and Shift; the box of the head takes all', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 5)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Run')).toHaveCount(5)
  const state = (n: number) => row(page, `Run ${n} of`).getByText('Running')
  await state(5).click()
  await state(3).click({ modifiers: ['Shift'] })
  await expect(selected(page)).toContainText('3 selected')
  await state(1).click({ modifiers: ['ControlOrMeta'] })
  await expect(selected(page)).toContainText('4 selected')
  await row(page, 'Run 4 of').getByRole('checkbox', { name: 'Select' }).click()
  await expect(selected(page)).toContainText('3 selected')
  // The keys act on the current row, wherever the mouse was last.
  await page.keyboard.press('j')
  await page.keyboard.press('Space')
  await expect(selected(page)).toContainText('2 selected')
  await table(page).getByRole('checkbox', { name: 'Select every run of this filter' }).click()
  await expect(selected(page)).toContainText('5 selected')
  await state(2).click()
  await expect(selected(page)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Selected run' })).toContainText('Run 2')
})

test('keys pressed in a dialog or a menu are not for the page behind it', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 1)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Run')).toHaveCount(1)
  await page.keyboard.press('j')
  await expect(page.getByRole('region', { name: 'Selected run' })).toBeVisible()
  await page.keyboard.press('?')
  await dialog(page).getByRole('group', { name: 'All keys' }).focus()
  await page.keyboard.press('p')
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Filter' }).click()
  await expect(page.getByRole('menuitem', { name: 'State' })).toBeVisible()
  await page.keyboard.press('p')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)

  await row(page, 'Run').getByRole('checkbox', { name: 'Select' }).click()
  await expect(selected(page)).toContainText('1 selected')
  await page.keyboard.press('p')
  await expect(list(page, 'Will change')).toHaveCount(1)
  expect(await statuses(stack, agent)).toEqual(['running'])
})

test('the list of a dry run stays while the fleet changes; who is refused is told why, and can be tried again', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await runningRuns(stack, agent, 3)
  await aRun(url, agent, 'Over')
  await sql(url, `update workflow_checkpoints set status = 'complete' where goal like 'Over%'`)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Over of')).toContainText('Complete')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('p')
  await expect(list(page, 'Will change')).toHaveCount(3)
  await expect(list(page, 'Will not change')).toContainText(['that is final'])

  await sql(url, `update workflow_checkpoints set status = 'complete' where goal like 'Run 2%'`)
  await aRun(url, agent, 'Later')
  // Behind a dialog the page is there for nobody but the eye.
  await expect(page.locator('[data-run]').filter({ hasText: 'Later of' })).toHaveCount(1)
  await expect(list(page, 'Will change')).toHaveCount(3)
  await expect(list(page, 'Will change').filter({ hasText: 'Run 2 of' })).toContainText('Running')

  await dialog(page).getByRole('button', { name: 'Pause 3 runs' }).click()
  await expect(dialog(page)).toContainText('2 runs paused, 1 refused')
  await expect(list(page, 'Refused')).toHaveCount(1)
  await expect(list(page, 'Refused')).toContainText('Run 2 of')
  await dialog(page).getByRole('button', { name: 'Try the refused again' }).click()
  await expect(dialog(page)).toContainText('2 runs paused, 1 refused')
  await dialog(page).getByRole('button', { name: 'Close' }).click()
  await expect(row(page, 'Later of')).toContainText('Running')
  expect(await statuses(stack, agent)).toEqual([
    'running',
    'complete',
    'paused',
    'complete',
    'paused',
  ])
})

test('a kill asks for a reason, is held, and names the children it takes along', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await aFamily(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await row(page, 'Top of').getByRole('checkbox', { name: 'Select' }).click()
  await selected(page).getByRole('button', { name: 'Kill' }).click()
  await expect(list(page, 'Will change')).toHaveCount(3)
  await expect(list(page, 'Will change').filter({ hasText: 'Leaf of' })).toContainText(
    'Taken along with “Top of',
  )
  const kill = dialog(page).getByRole('button', { name: 'Kill 3 runs' })
  await expect(kill).toBeDisabled()
  await dialog(page).getByRole('textbox', { name: 'Reason' }).fill('Wrong input')
  await hold(page, kill, async () => expect(dialog(page)).toContainText('1 run killed'))
  expect(await statuses(stack, agent)).toEqual(['running', 'failed', 'killed', 'killed', 'killed'])
})

test('a command that is left goes on, and a note at the foot keeps its results', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 2)
  const { promise: held, resolve: answer } = Promise.withResolvers<void>()
  await page.route('**/trpc/runs.bulk**', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Run')).toHaveCount(2)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('p')
  await dialog(page).getByRole('button', { name: 'Pause 2 runs' }).click()
  await dialog(page).getByRole('button', { name: 'Leave it' }).click()
  const note = page.getByRole('status').filter({ hasText: /Pausing|paused/ })
  await expect(note).toContainText('Pausing: 0 of 2 runs')
  answer()
  await expect(note).toContainText('2 runs paused')
  await note.getByRole('button', { name: 'Results' }).click()
  await expect(list(page, 'Done')).toHaveCount(2)
})

test('the palette commands what is selected, on the fleet and on the page of a run', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 2)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Run')).toHaveCount(2)
  await page.keyboard.press('Control+a')
  await openPalette(page)
  await dialog(page).getByRole('option', { name: 'Pause 2 runs' }).click()
  await dialog(page).getByRole('button', { name: 'Pause 2 runs' }).click()
  await expect(dialog(page)).toContainText('2 runs paused')
  await dialog(page).getByRole('button', { name: 'Close' }).click()

  await row(page, 'Run 1 of').getByRole('link').click()
  await expect(headState(page, 'Paused')).toBeVisible()
  await openPalette(page)
  await page.keyboard.type('resume')
  await dialog(page)
    .getByRole('option', { name: /Resume “Run 1/ })
    .click()
  await dialog(page).getByRole('button', { name: 'Resume 1 run' }).click()
  await expect(dialog(page)).toContainText('1 run resumed')
})

test('a reload in the middle of a command says how far it got, and plans the rest', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await runningRuns(stack, agent, 3)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, 'Run')).toHaveCount(3)
  // The command never reaches the server: its page goes first.
  await page.route('**/trpc/runs.bulk**', async () => undefined)
  page.on('dialog', (asked) => void asked.accept())
  await page.keyboard.press('Control+a')
  await page.keyboard.press('p')
  await dialog(page).getByRole('textbox', { name: 'Reason' }).fill('Too loud')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('0 of 3')
  await page.reload()
  const note = page.getByRole('status').filter({ hasText: 'stopped when this page was left' })
  await expect(note).toContainText('of 3 no answer was heard')
  await page.unroute('**/trpc/runs.bulk**')
  await note.getByRole('button', { name: 'Dry run for those' }).click()
  await expect(dialog(page)).toContainText('3 runs will change')
  await expect(note).toHaveCount(0)
})
