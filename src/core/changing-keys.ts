/** Verifiers whose key may change behind them: what they said once says nothing about the next call, so no verdict of theirs is kept. */
export const changingKeys: WeakSet<object> = /* @__PURE__ */ new WeakSet()
