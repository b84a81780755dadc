/**
 * What some Verifiers of this library have beside their public members: the verdict on a compact token, given where its
 * last dot is. It looks at the text once where `verifyText` gets two pieces of it. False for any text but the canonical one.
 */
export type CompactForm = (token: string, dot: number) => boolean

/** By a symbol that nobody else has, so that a Verifier from elsewhere cannot claim to have it. */
export const compactForm: unique symbol = Symbol('compact form')

export interface WithCompactForm {
  readonly [compactForm]?: CompactForm | undefined
}
