import type { FinalStatus, HistoryWindow } from '@holdpoint/protocol'
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'

import { ChartTip } from './ChartTip'
import { layerLook } from './layers'
import type { Shaped } from './shape'
import { useBrush } from './useBrush'
import { tick, ticks } from './when'

interface HistoryChartsProps {
  readonly shaped: Shaped
  readonly window: HistoryWindow
  /** A press on an instant (ms). */
  readonly look: (at: number) => void
  /** A stretch that was dragged over (ms). */
  readonly choose: (from: number, to: number) => void
}

const margin = { top: 6, right: 4, bottom: 0, left: 0 }
const label = { fontSize: 11, fill: 'var(--color-muted)' }
const counts = {
  width: 32,
  allowDecimals: false,
  tick: label,
  axisLine: false,
  tickLine: false,
} as const
const endings = ['complete', 'killed', 'failed'] as const satisfies readonly FinalStatus[]

/** Runs by state over time, and under it what ended; drawn only, the words stand beside it. */
export default function HistoryCharts({ shaped, window, look, choose }: HistoryChartsProps) {
  const { from, to } = shaped
  const beside = { left: counts.width, right: margin.right }
  const { brush, handlers } = useBrush({ from, to, ...beside, look, choose })
  const time = {
    dataKey: 'at',
    type: 'number',
    domain: [from, to] as [number, number],
    allowDataOverflow: true,
  } as const
  return (
    <div
      aria-hidden
      className="min-w-0 cursor-crosshair touch-pan-y select-none [&_svg]:outline-none"
      {...handlers}
      title="Press to see the fleet as it was, drag to look closer"
    >
      <ResponsiveContainer width="100%" height={124}>
        <AreaChart
          data={[...shaped.points]}
          margin={margin}
          syncId="history"
          syncMethod="value"
          accessibilityLayer={false}
        >
          <XAxis {...time} hide />
          <YAxis {...counts} tickCount={4} />
          {shaped.gaps.map((gap) => (
            <ReferenceArea
              key={gap.from}
              x1={gap.from}
              x2={gap.to}
              fill="var(--color-raised)"
              fillOpacity={0.6}
              {...(gap.to - gap.from > (to - from) / 8 && {
                label: { ...label, value: 'nothing recorded' },
              })}
            />
          ))}
          {brush !== null && (
            <ReferenceArea
              x1={brush.from}
              x2={brush.to}
              fill="var(--color-accent)"
              fillOpacity={0.18}
            />
          )}
          {shaped.states.map((state) => (
            <Area
              key={state}
              dataKey={state}
              stackId="all"
              type="stepAfter"
              isAnimationActive={false}
              stroke={layerLook[state].colour}
              strokeWidth={1}
              strokeOpacity={0.9}
              fill={layerLook[state].colour}
              fillOpacity={layerLook[state].strength}
              activeDot={false}
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--color-muted)', strokeWidth: 1 }}
            content={<ChartTip states={shaped.states} />}
          />
        </AreaChart>
      </ResponsiveContainer>
      <ResponsiveContainer width="100%" height={54}>
        <BarChart
          data={[...shaped.ended]}
          margin={margin}
          barSize={shaped.ended.length > 130 ? 2 : 3}
          syncId="history"
          syncMethod="value"
          accessibilityLayer={false}
        >
          <XAxis
            {...time}
            ticks={[...ticks(from, to, window)]}
            tickFormatter={(ms: number) => tick(ms, window)}
            tick={label}
            height={18}
            axisLine={{ stroke: 'var(--color-line)' }}
            tickLine={false}
          />
          <YAxis {...counts} tickCount={2} />
          {endings.map((status) => (
            <Bar
              key={status}
              dataKey={status}
              stackId="ended"
              isAnimationActive={false}
              fill={layerLook[status].colour}
              fillOpacity={layerLook[status].strength}
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            content={<ChartTip states={endings} />}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
