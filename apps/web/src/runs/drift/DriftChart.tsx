import type { DriftPoint } from '@holdpoint/protocol'
import type { MouseEvent } from 'react'
import {
  Line,
  LineChart,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'

import { clockTime } from '../../time/format'
import { scoreText, signalWord, strongest } from './points'

interface DriftChartProps {
  readonly points: readonly DriftPoint[]
  readonly chosen: DriftPoint | null
  /** Where the agent's policy calls it drift; null: nowhere. */
  readonly threshold: number | null
  readonly choose: (seq: number) => void
}

const margin = { top: 8, right: 12, bottom: 0, left: 0 }
const axisWidth = 32
const label = { fontSize: 11, fill: 'var(--color-muted)' }

/** The score action by action; drawn only, the list beside it says the same. A click opens the point. */
export default function DriftChart({ points, chosen, threshold, choose }: DriftChartProps) {
  const data = points.map((point, nth) => ({ nth, point, score: point.score }))
  const at = chosen === null ? -1 : points.indexOf(chosen)
  // By where it was clicked: what the chart thinks is under the pointer comes a frame later, and so does this call.
  const clicked = ({ target, clientX }: MouseEvent) => {
    const box = target instanceof Element ? target.closest('.recharts-wrapper') : null
    if (box === null) return
    const { left, width } = box.getBoundingClientRect()
    const share = (clientX - left - axisWidth) / (width - axisWidth - margin.right)
    const index = Math.round(Math.min(1, Math.max(0, share)) * (points.length - 1))
    const point = points[index]
    if (point !== undefined) choose(point.seq)
  }
  return (
    <div aria-hidden data-part="drift-chart" className="min-w-0 cursor-pointer">
      <ResponsiveContainer width="100%" height={160}>
        <LineChart
          data={data}
          margin={margin}
          accessibilityLayer={false}
          onClick={(_, event) => clicked(event)}
        >
          <XAxis
            dataKey="nth"
            type="number"
            domain={[0, Math.max(1, points.length - 1)]}
            allowDecimals={false}
            tickFormatter={(nth: number) => {
              const point = points[nth]
              return point === undefined ? '' : clockTime(Date.parse(point.at))
            }}
            tick={label}
            height={18}
            tickCount={5}
            axisLine={{ stroke: 'var(--color-line)' }}
            tickLine={false}
          />
          <YAxis
            width={axisWidth}
            domain={[0, 1]}
            ticks={[0, 0.5, 1]}
            tick={label}
            axisLine={false}
            tickLine={false}
          />
          {threshold !== null && (
            <ReferenceLine
              y={threshold}
              stroke="var(--color-holding)"
              strokeDasharray="4 3"
              label={{ ...label, value: `drift at ${threshold}`, position: 'insideTopLeft' }}
            />
          )}
          <Line
            dataKey="score"
            type="linear"
            isAnimationActive={false}
            stroke="var(--color-accent)"
            strokeWidth={1.5}
            dot={
              points.length <= 60 ? { r: 2, fill: 'var(--color-accent)', strokeWidth: 0 } : false
            }
            activeDot={{ r: 4, fill: 'var(--color-accent)', stroke: 'var(--color-bg)' }}
          />
          {chosen !== null && at >= 0 && (
            <ReferenceDot
              x={at}
              y={chosen.score}
              r={5}
              fill="var(--color-bg)"
              stroke="var(--color-accent)"
              strokeWidth={2}
            />
          )}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--color-muted)', strokeWidth: 1 }}
            content={<Tip />}
          />
        </LineChart>
      </ResponsiveContainer>
    </div>
  )
}

interface TipProps {
  readonly payload?: readonly { readonly payload?: unknown }[]
}

function Tip({ payload }: TipProps) {
  const given = payload?.[0]?.payload as { readonly point?: DriftPoint } | undefined
  const point = given?.point
  if (point === undefined) return null
  const most = strongest(point)
  return (
    <div className="bg-surface border-line shadow-raised rounded-ctl max-w-80 border px-2.5 py-1.5 text-small">
      <p>
        <span className="font-medium">{scoreText(point.score)}</span>{' '}
        <span className="text-muted">
          {clockTime(Date.parse(point.at))} · event {point.seq}
        </span>
      </p>
      {most !== null && (
        <p className="text-muted">
          {signalWord(most.name)} {scoreText(most.value)}
        </p>
      )}
    </div>
  )
}
