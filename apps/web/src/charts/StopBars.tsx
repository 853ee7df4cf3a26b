import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'

import type { StopPart } from './stops'
import { instant } from './when'

interface StopBarsProps {
  readonly parts: readonly StopPart[]
  /** The highest bar of all reasons: each is drawn on the same scale, so that one can be compared with another. */
  readonly most: number
  readonly word: string
}

const margin = { top: 1, right: 0, bottom: 0, left: 0 }

/** How often runs stopped for one reason, part by part of the window; drawn only, the words stand beside it. */
export default function StopBars({ parts, most, word }: StopBarsProps) {
  return (
    <ResponsiveContainer width="100%" height={20}>
      <BarChart
        data={[...parts]}
        margin={margin}
        barCategoryGap={1}
        syncId="stops"
        accessibilityLayer={false}
      >
        <XAxis dataKey="from" hide />
        <YAxis hide domain={[0, most]} />
        <Bar
          dataKey="stops"
          isAnimationActive={false}
          minPointSize={(n) => (Number(n) > 0 ? 2 : 0)}
          fill="var(--color-muted)"
          fillOpacity={0.75}
          activeBar={{ fillOpacity: 1 }}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={false}
          allowEscapeViewBox={{ x: false, y: true }}
          wrapperStyle={{ zIndex: 20 }}
          content={<Tip word={word} />}
        />
      </BarChart>
    </ResponsiveContainer>
  )
}

interface TipProps {
  readonly word: string
  /** Given by the chart. */
  readonly payload?: readonly { readonly payload?: unknown }[]
}

function Tip({ word, payload }: TipProps) {
  const part = payload?.[0]?.payload as StopPart | undefined
  if (part === undefined) return null
  return (
    <div className="bg-surface border-line shadow-raised rounded-ctl border px-2.5 py-1.5 text-small whitespace-nowrap">
      <p className="text-muted">
        {instant(part.from)} to {instant(part.to)}
      </p>
      <p>
        {word} {part.stops.toLocaleString('en')}
      </p>
    </div>
  )
}
