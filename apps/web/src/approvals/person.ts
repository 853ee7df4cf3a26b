/** Who someone is, without what kind of actor: `operator:ana` is ana. */
export const personName = (actor: string): string => actor.replace(/^operator:/, '')
