import { useSyncExternalStore } from 'react'

import type { Scene } from './scene'

/** Renders again whenever anything of the scene changes. A component that reads it must not be memoised. */
export const useSceneVersion = (scene: Scene): number =>
  useSyncExternalStore(scene.subscribe, scene.version)
