import { stopReasonFacts, type HistoryWindow } from '@holdpoint/protocol'

import type { Stops } from './stops'
import { tableLook, windowWords } from './tableLook'
import { instant } from './when'

interface StopReasonTableProps {
  readonly stops: Stops
  readonly window: HistoryWindow
  /** Else it is there for who does not see the chart. */
  readonly shown: boolean
}

/** The same as the bars, in numbers: how often in all, then part by part of the window, the newest first. */
export function StopReasonTable({ stops: { rows, others }, window, shown }: StopReasonTableProps) {
  const look = tableLook(shown)
  const withOthers = others.stops > 0
  return (
    <table className={look.table}>
      <caption className={look.caption}>Why runs stopped over {windowWords[window]}</caption>
      <thead>
        <tr className={look.head}>
          <th scope="col" className={look.time}>
            From
          </th>
          {rows.map(({ reason }) => (
            <th key={reason} scope="col" className={look.number}>
              {stopReasonFacts[reason].label}
            </th>
          ))}
          {withOthers && (
            <th scope="col" className={look.number}>
              Others
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        <tr className={look.row}>
          <th scope="row" className={look.time}>
            In all
          </th>
          {rows.map(({ reason, stops }) => (
            <td key={reason} className={look.number}>
              {stops.toLocaleString('en')}
            </td>
          ))}
          {withOthers && <td className={look.number}>{others.stops.toLocaleString('en')}</td>}
        </tr>
        {rows[0]?.parts
          .map(({ from }, nth) => (
            <tr key={from} className={look.row}>
              <th scope="row" className={look.time}>
                {instant(from)}
              </th>
              {rows.map(({ reason, parts }) => (
                <td key={reason} className={look.number}>
                  {(parts[nth]?.stops ?? 0).toLocaleString('en')}
                </td>
              ))}
              {withOthers && <td className={look.number}>{others.over[nth]}</td>}
            </tr>
          ))
          .toReversed()}
      </tbody>
    </table>
  )
}
