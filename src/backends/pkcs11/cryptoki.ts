/** A session, slot or object, as the module hands it out. */
export type Handle = Uint8Array

export interface Attribute {
  readonly type: number
  /** A number, boolean, text or bytes; unknown, so that the module's own type with its Buffers and Dates fits. */
  readonly value?: unknown
}

export interface Mechanism {
  readonly mechanism: number
  readonly parameter?: { readonly type: number; readonly hashAlg: number; readonly mgf: number; readonly saltLen: number }
}

/** What this backend calls of pkcs11js (2.x, or 1.x without the asynchronous forms). Structural: nothing is imported. */
export interface Cryptoki {
  load(path: string): void
  C_Initialize(options?: { flags?: number }): void
  C_Finalize(): void
  C_GetSlotList(tokenPresent?: boolean): Handle[]
  C_GetTokenInfo(slot: Handle): { label: string }
  C_GetMechanismList(slot: Handle): number[]
  C_OpenSession(slot: Handle, flags: number): Handle
  C_CloseSession(session: Handle): void
  C_GetSessionInfo(session: Handle): { state: number }
  C_Login(session: Handle, userType: number, pin?: string): void
  C_FindObjectsInit(session: Handle, template: Attribute[]): void
  C_FindObjects(session: Handle, most: number): Handle[]
  C_FindObjectsFinal(session: Handle): void
  C_GetAttributeValue(session: Handle, object: Handle, template: Attribute[]): { readonly value: unknown }[]
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_Sign(session: Handle, input: Uint8Array, output: Uint8Array): Uint8Array
  C_SignAsync?(session: Handle, input: Uint8Array, output: Uint8Array): Promise<Uint8Array>
  C_VerifyInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_Verify(session: Handle, input: Uint8Array, signature: Uint8Array): boolean
  C_VerifyAsync?(session: Handle, input: Uint8Array, signature: Uint8Array): Promise<boolean>
}

/** The pkcs11js module: as `require` gives it, as `import` does, or an instance of its PKCS11 class. */
export type Pkcs11Module = Cryptoki | PkcsConstructor | { readonly default: Cryptoki | PkcsConstructor }

interface PkcsConstructor {
  readonly PKCS11: new () => object
}

// Numbers of the standard (OASIS PKCS #11 v3.1, pkcs11t.h).
export const objectClass = { certificate: 1, publicKey: 2, privateKey: 3, secretKey: 4 } as const

export const attribute = {
  class: 0x000,
  label: 0x003,
  value: 0x011,
  certificateType: 0x080,
  keyType: 0x100,
  id: 0x102,
  modulus: 0x120,
  publicExponent: 0x122,
  publicKeyInfo: 0x129,
  valueLength: 0x161,
  ecParams: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
} as const

export const userType = { user: 1, contextSpecific: 2 } as const
export const openSerialSession = 4
export const osLockingOk = 2
/** CKS_RO_USER_FUNCTIONS and CKS_RW_USER_FUNCTIONS: a user is logged in. */
export const userStates: readonly number[] = [1, 3]
