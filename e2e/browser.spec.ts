import { expect, test } from '@playwright/test'

test('the browser draws text, so the tests see what a person sees', async ({ page }) => {
  const html = '<style>p { display: inline-block }</style><p>Wide</p><p>Wide Wide Wide</p><p></p>'
  await page.goto(`data:text/html,${encodeURIComponent(html)}`)

  const widths = await page
    .locator('p')
    .evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().width))
  const [short = 0, long = 0, empty] = widths
  expect(empty).toBe(0)
  expect(short).toBeGreaterThan(10)
  expect(long).toBeGreaterThan(2 * short)
})

test('motion is reduced', async ({ page }) => {
  const reduced = await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)
  expect(reduced).toBe(true)
})
