/**
 * What some Verifiers of this library can do beside their public members: give the verdict on a compact token, told where its
 * last dot is. It looks at the text once where `verifyText` gets two pieces of it. False for any text but the canonical one.
 */
export type CompactForm = (token: string, dot: number) => boolean

/**
 * Of a Verifier, and of the operation it is made of. Apart from the object, so that a copy or a heir of a Verifier, whose own
 * functions are to be asked, does not have it.
 */
export const compactForms: WeakMap<object, CompactForm> = /* @__PURE__ */ new WeakMap()
