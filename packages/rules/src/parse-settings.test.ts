import { expect, test } from 'vitest'

import { parsePolicy, parseSettings, SettingsError } from './parse-settings.ts'
import { defaultPoll, defaultSettings } from './settings.ts'

test('what is left out has its default', () => {
  for (const nothing of [undefined, null, {}])
    expect(parseSettings(nothing)).toEqual(defaultSettings)
  const settings = parseSettings({
    loopAt: null,
    weights: { errors: 0 },
    tools: { a: { poll: {} } },
  })
  expect(settings).toMatchObject({
    loopAt: null,
    driftAt: 0.8,
    weights: { errors: 0, cycles: 0.9 },
  })
  expect(settings.tools['a']).toEqual({
    poll: defaultPoll,
    ignore: [],
    subjects: [],
    failsWhen: [],
  })
})

test.each([
  [[], 'settings is not an object'],
  [{ loopAt: 2 }, 'settings.loopAt is 2: give a number from 0 to 1'],
  [{ driftAt: 0 }, 'settings.driftAt is 0: give above 0, or null for never'],
  [{ driftAt: NaN }, 'settings.driftAt is null: give a number from 0 to 1'],
  [{ repeats: 1.5 }, 'settings.repeats is 1.5: give a whole number from 2 to 64'],
  [{ repeat: 3 }, 'settings.repeat is no setting'],
  [{ weights: { luck: 1 } }, 'settings.weights.luck is no setting'],
  [{ tools: { a: { poll: { bound: '9' } } } }, 'settings.tools.a.poll.bound is "9"'],
  [{ tools: { a: { ignore: [''] } } }, 'settings.tools.a.ignore is [""]'],
  [{ tools: { a: 1 } }, 'settings.tools.a is not an object'],
])('%j is refused in words that name the setting', (given, why) => {
  expect(() => parseSettings(given)).toThrow(SettingsError)
  expect(() => parseSettings(given)).toThrow(why)
})

test('a tool may be called like a property of every object', () => {
  const settings = parseSettings(JSON.parse('{"tools": {"__proto__": {"ignore": ["a"]}}}'))
  expect(settings.tools['__proto__']?.ignore).toEqual(['a'])
})

test('a policy that names no threshold never holds, and one that does keeps to it', () => {
  for (const nothing of [undefined, null, {}]) {
    expect(parsePolicy(nothing)).toEqual({ ...defaultSettings, loopAt: null, driftAt: null })
  }
  expect(parsePolicy({ loopAt: 0.5, tools: {} })).toMatchObject({ loopAt: 0.5, driftAt: null })
  for (const wrong of [[], 'x', 7, { loopAt: 7 }, { loopsAt: 1 }]) {
    expect(() => parsePolicy(wrong)).toThrow(SettingsError)
  }
})
