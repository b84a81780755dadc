import { UsageError } from '../core/errors.ts'
import { isPlainObject } from '../core/json.ts'
import type { KeyBackend } from '../keys/backend.ts'
import type { SignerFactory } from './bench.ts'
import { demand } from './report.ts'

/** What may be certified. */
export type Subject = KeyBackend | SignerFactory

/** Every member there is, by the compiler's word. */
const members: Readonly<Record<keyof SignerFactory, true>> = {
  name: true,
  algorithms: true,
  signer: true,
  verifier: true,
  key: true,
  rotate: true,
  failing: true,
  hanging: true,
  gaveUp: true,
}
export const factoryMembers: readonly string[] = /* @__PURE__ */ Object.keys(members)

/** A KeyBackend, or a factory: one that is a function, or leaves its algorithms to the options, is completed. @throws UsageError */
export function subjectOf(given: Subject | SignerFactory['signer'], algorithms: readonly string[] | undefined): Subject {
  const subject =
    typeof given === 'function' ? { name: given.name || 'signer factory', algorithms: algorithms ?? [], signer: given } : given
  if (typeof subject !== 'object' || subject === null || typeof subject.signer !== 'function') {
    throw new UsageError('certifyBackend takes a KeyBackend, a function from algorithms to Signers, or { name, algorithms, signer }')
  }
  refuseUnknown(subject)
  if (!isFactory(subject)) return subject
  if (Array.isArray(subject.algorithms) && subject.algorithms.length > 0) return subject
  // Inherits, since the functions of a factory may be methods of a class.
  if (algorithms) return Object.assign(Object.create(subject) as SignerFactory, { algorithms })
  throw new UsageError('Which algorithms to try: list them in algorithms, of the factory or of the options')
}

/** By its functions: either may have members of its own beside them. */
export function isFactory(subject: Subject): subject is SignerFactory {
  if (!('mode' in subject)) return true
  return 'algorithms' in subject && typeof (subject as Partial<KeyBackend>).generate !== 'function'
}

/** Those that a factory declares, or a KeyBackend has a list of. */
export function algorithmsOf(subject: Subject): readonly string[] | undefined {
  const { algorithms } = subject as Partial<SignerFactory>
  const isList = Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every((name) => typeof name === 'string')
  return isList ? algorithms : undefined
}

/** A function that is all but the name of a hook which is not there: its check would never run. */
function isMistyped(subject: SignerFactory, name: string): boolean {
  if (factoryMembers.includes(name) || typeof (subject as unknown as Readonly<Record<string, unknown>>)[name] !== 'function') return false
  return hooks.some((hook) => !(hook in subject) && name.slice(0, 4).toLowerCase() === hook.slice(0, 4))
}

const hooks: readonly (keyof SignerFactory)[] = ['rotate', 'failing', 'hanging', 'gaveUp']

/** Other members are the subject's own affair: its state, its close function. */
function refuseUnknown(subject: Subject): void {
  if (!isPlainObject(subject)) return
  const isKnown = (name: string): boolean => factoryMembers.includes(name)
  const names = Object.keys(subject)
  const ownOfBackend = ['name', 'algorithms', 'signer', 'verifier']
  const unknown = isFactory(subject)
    ? names.filter((name) => isMistyped(subject, name))
    : names.filter((name) => isKnown(name) && !ownOfBackend.includes(name))
  if (unknown.length > 0)
    throw new UsageError('The subject has members that nothing would use; see detail', { unknown, known: factoryMembers })
  for (const name of factoryMembers.slice(3)) {
    const hook: unknown = (subject as Readonly<Record<string, unknown>>)[name]
    if (hook !== undefined && typeof hook !== 'function') throw new UsageError('A member of the subject is no function', { member: name })
  }
}

export function checkWhole(subject: Subject): void {
  demand(typeof subject.name === 'string' && subject.name !== '', 'name is a non-empty string')
  if (isFactory(subject)) return
  demand(subject.mode === 'sync' || subject.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof subject.verifier === 'function' && typeof subject.generate === 'function', 'a KeyBackend has signer, verifier and generate')
}
