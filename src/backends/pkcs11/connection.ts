import { UsageError } from '../../core/errors.ts'
import { type Cryptoki, type Handle, openSerialSession, osLockingOk, type Pkcs11Module, userStates, userType } from './cryptoki.ts'
import { fault, returnValue, rv } from './failures.ts'

/** Where a token is and how to log in to it. */
export interface TokenAddress {
  readonly tokenLabel?: string
  readonly slot?: number
  readonly pin?: string | (() => string | Promise<string>)
}

/** The one token, through a module that may be shut down and a slot that may move behind our back. */
export interface Connection {
  readonly module: Cryptoki
  /** Changes when the module or the token was found anew: handles of another epoch name other objects. */
  epoch(): number
  mechanisms(): readonly number[]
  /** A new session, logged in. */
  open(): Promise<Handle>
  isLoggedIn(session: Handle): boolean
  /** Logs in for one operation, for keys that ask each time (CKA_ALWAYS_AUTHENTICATE). */
  authenticate(session: Handle): Promise<void>
  /** Looks for the token anew at the next session. */
  lose(): void
  /** Shuts the module down where this connection has started it. */
  end(): void
}

/** The module's functions, of a fresh instance or the caller's. @throws UsageError */
export function cryptokiOf(given: Pkcs11Module, library: string | undefined): Cryptoki {
  const module = typeof given === 'object' && given !== null && 'default' in given ? given.default : given
  const isModule = typeof module === 'object' && module !== null
  const cryptoki = isModule && 'PKCS11' in module ? (new module.PKCS11() as Cryptoki) : (module as Cryptoki)
  if (!isModule || typeof cryptoki.C_OpenSession !== 'function') {
    throw new UsageError('module is pkcs11js, or an instance of its PKCS11 class')
  }
  if (cryptoki !== module && library === undefined)
    throw new UsageError("library is the path of the token's PKCS#11 module, a .so or .dll file")
  if (library !== undefined) cryptoki.load(library)
  return cryptoki
}

export function connect(module: Cryptoki, address: TokenAddress): Connection {
  let slot: Handle | undefined
  let epoch = 0
  let started = false
  let refusedPin: string | undefined

  const find = (): Handle => {
    if (slot) return slot
    started = initialize(module) || started
    slot = findSlot(module, address)
    epoch++
    return slot
  }
  // A token counts wrong PINs and locks itself, so one that was refused is never sent again.
  const login = (session: Handle, user: number, pin: string): void => {
    if (pin === refusedPin)
      throw fault('unauthorised', 'The token has refused this PIN before; it is not sent again, since tokens lock themselves')
    try {
      module.C_Login(session, user, pin)
    } catch (error) {
      const value = returnValue(error)
      if (value === rv.userAlreadyLoggedIn) return
      if (value === rv.pinIncorrect) refusedPin = pin
      throw error
    }
  }
  const isLoggedIn = (session: Handle): boolean => userStates.includes(module.C_GetSessionInfo(session).state)
  return {
    module,
    epoch: () => epoch,
    mechanisms: () => module.C_GetMechanismList(find()),
    open: async () => {
      const pin = await readPin(address)
      const session = module.C_OpenSession(find(), openSerialSession)
      try {
        if (pin !== undefined && !isLoggedIn(session)) login(session, userType.user, pin)
      } catch (error) {
        quietly(() => module.C_CloseSession(session))
        throw error
      }
      return session
    },
    isLoggedIn: (session) => address.pin === undefined || isLoggedIn(session),
    authenticate: async (session) => {
      const pin = await readPin(address)
      if (pin !== undefined) login(session, userType.contextSpecific, pin)
    },
    lose: () => {
      slot = undefined
    },
    end: () => {
      if (started) quietly(() => module.C_Finalize())
      started = false
      slot = undefined
    },
  }
}

/** Starts the module unless the program has. True where this call has. Locking is asked for: signing runs on other threads. */
function initialize(module: Cryptoki): boolean {
  try {
    module.C_Initialize({ flags: osLockingOk })
    return true
  } catch (error) {
    if (returnValue(error) === rv.cryptokiAlreadyInitialized) return false
    throw error
  }
}

function findSlot(module: Cryptoki, { tokenLabel, slot }: TokenAddress): Handle {
  const slots = module.C_GetSlotList(true)
  const found = slots.filter((handle) => (slot === undefined || slotNumber(handle) === slot) && hasLabel(module, handle, tokenLabel))
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw fault('permanent', 'More than one token is present and fits: give tokenLabel or slot', { count: found.length })
  throw fault('retryable', 'No token with this label is present, or none in this slot', { present: slots.length })
}

// Labels are 32 characters, padded with blanks or, against the standard, with zeros.
function hasLabel(module: Cryptoki, slot: Handle, label: string | undefined): boolean {
  if (label === undefined) return true
  try {
    return module.C_GetTokenInfo(slot).label.replace(/[\0 ]+$/, '') === label
  } catch {
    return false
  }
}

/** A slot ID is a CK_ULONG in the machine's byte order, which is little-endian wherever Node runs but on s390x. */
function slotNumber(handle: Handle): number {
  return handle.reduceRight((sum, octet) => sum * 256 + octet, 0)
}

async function readPin({ pin }: TokenAddress): Promise<string | undefined> {
  const value = typeof pin === 'function' ? await pin() : pin
  if (value === undefined || typeof value === 'string') return value
  throw new UsageError('pin is text, or a function that gives it')
}

export function quietly(step: () => void): void {
  try {
    step()
  } catch {
    // What is being given up may be gone already.
  }
}
