import { historyWindows, type HistoryWindow } from '@holdpoint/protocol'
import { useSyncExternalStore } from 'react'

import { Signal } from '../live/signal'

/** How this browser's person wants the charts: kept here, for it is no part of what a link shows. */
export interface ChartSetting {
  readonly open: boolean
  readonly window: HistoryWindow
  /** Numbers in place of charts. */
  readonly numbers: boolean
}

const key = 'holdpoint.charts'
const usual: ChartSetting = { open: false, window: '1h', numbers: false }
const setting = new Signal(read())

function read(): ChartSetting {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<ChartSetting> | null
    const window = historyWindows.find((each) => each === value?.window)
    return {
      open: value?.open === true,
      window: window ?? usual.window,
      numbers: value?.numbers === true,
    }
  } catch {
    return usual
  }
}

export function setCharts(next: Partial<ChartSetting>): void {
  setting.set({ ...setting.get(), ...next })
  try {
    localStorage.setItem(key, JSON.stringify(setting.get()))
  } catch {
    // Not kept; it still holds for this page.
  }
}

export const useChartSetting = (): ChartSetting =>
  useSyncExternalStore(setting.subscribe, setting.get)
