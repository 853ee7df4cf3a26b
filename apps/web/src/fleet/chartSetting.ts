import { historyWindows, type HistoryWindow } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

/** How this browser's person wants the charts: kept here, for it is no part of what a link shows. */
export interface ChartSetting {
  readonly open: boolean
  readonly window: HistoryWindow
}

const key = 'holdpoint.charts'
const usual: ChartSetting = { open: false, window: '1h' }
const listeners = new Set<() => void>()
let setting = read()

function read(): ChartSetting {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<ChartSetting> | null
    const window = historyWindows.find((each) => each === value?.window)
    return { open: value?.open === true, window: window ?? usual.window }
  } catch {
    return usual
  }
}

export function setCharts(next: Partial<ChartSetting>): void {
  setting = { ...setting, ...next }
  try {
    localStorage.setItem(key, JSON.stringify(setting))
  } catch {
    // Not kept; it still holds for this page.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useChartSetting = (): ChartSetting => useSyncExternalStore(subscribe, () => setting)
