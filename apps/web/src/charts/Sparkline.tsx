const width = 160
const height = 18

interface SparklineProps {
  /** Evenly spaced; null breaks the line. */
  readonly values: readonly (number | null)[]
}

function pathOf(values: readonly (number | null)[]): string {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const step = width / Math.max(1, values.length - 1)
  return values
    .map((value, nth) => {
      if (value === null) return ''
      const before = values[nth - 1] ?? null
      const y = height - 1.5 - (value / most) * (height - 3)
      return `${before === null ? 'M' : 'L'}${(nth * step).toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** A line without axes, beside words that say what it is. */
export const Sparkline = ({ values }: SparklineProps) => (
  <svg
    aria-hidden
    viewBox={`0 0 ${width} ${height}`}
    className="text-muted h-4.5 w-40 shrink-0 max-md:w-24"
    preserveAspectRatio="none"
  >
    <path
      d={pathOf(values)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.25"
      strokeLinejoin="round"
      strokeLinecap="round"
      vectorEffect="non-scaling-stroke"
    />
  </svg>
)
