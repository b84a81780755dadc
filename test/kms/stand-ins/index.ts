// STAND-INS for four key services, for scripts/test-kms.mjs and the tests beside this folder. No vendor's code.
export * from './aws.ts'
export * from './azure.ts'
export * from './gcp.ts'
export * from './server.ts'
export * from './vault.ts'
