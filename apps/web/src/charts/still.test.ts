import { expect, test } from 'vitest'

const sources = import.meta.glob<string>('../**/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Parts of a chart that come in by moving unless they are told not to. */
const moving = /<(?:Area|Bar|Line|Pie|Scatter|Tooltip)\s/g

test('no part of a chart moves by itself: whatever is seen, or pictured, is what is so', () => {
  const charts = Object.entries(sources).filter(([, text]) => text.includes(`from 'recharts'`))
  expect(charts.length).toBeGreaterThan(2)
  for (const [path, text] of charts) {
    const parts = text.match(moving) ?? []
    expect(parts.length, path).toBeGreaterThan(0)
    expect(text.match(/isAnimationActive=\{false\}/g), path).toHaveLength(parts.length)
  }
})
