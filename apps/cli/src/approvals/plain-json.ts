/** What a terminal would act on, hide or turn round, and JSON does not escape: marks of direction, and of no width. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** JSON as lines for a terminal. What cannot be seen is written as its escape, so that two values never look the same. */
export const plainJson = (value: unknown): string[] =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => line.replaceAll(unseen, escape))

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
