import { decodeBase64url, encodeBase64url } from '../core/base64url.ts'
import { equalBytes } from '../core/bytes.ts'
import type { Verifier } from '../keys/backend.ts'
import type { Bench } from './bench.ts'
import { expectValue } from './calls.ts'
import { type Check, needSigner } from './check.ts'
import { forgeriesOf } from './forgeries.ts'
import { textNumber } from './messages.ts'
import { CheckSkipped, demand } from './report.ts'
import { demandLength } from './rounds.ts'
import { snapshotOf } from './snapshot.ts'
import { goodSignature, needVerifier } from './verdicts.ts'

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Many, since texts differ by the length of what they encode. */
export const signText: Check = async (bench) => {
  const signer = await snapshotOf(bench, needSigner(bench))
  if (!signer.signText) throw new CheckSkipped('there is no text form')
  for (let number = 0; number < 8; number++) {
    const message = textNumber(number, 40 + 13 * number)
    const answer = expectValue(await bench.call(signer.mode, 'signText', () => signer.signText!(utf8(message))), 'signText')
    demand(typeof answer === 'string', 'signText gave no text')
    const signature = decodeBase64url(answer)
    demand(signature !== undefined, 'signText gave no unpadded base64url')
    demandLength(bench, signature, signer.publicKey)
    const good = await bench.judge(message, signature, signer)
    demand(good !== false, 'the signature of signText does not verify in an independent backend')
  }
}

/** The text form says what the bytes form says, in whichever order it is asked. */
export const verifyText: Check = async (bench) => {
  const verifier = needVerifier(bench)
  if (!verifier.verifyText) throw new CheckSkipped('there is no text form')
  const message = textNumber(301)
  const good = await goodSignature(bench, message)
  const owes = (what: string, signature: Uint8Array, expected: boolean, by = message): Promise<void> =>
    textVerdict(bench, verifier, what, utf8(by), encodeBase64url(signature), expected)
  await owes('a good signature', good, true)
  for (const { what, signature } of forgeriesOf(bench.algorithm, good)) {
    if (!equalBytes(signature, good)) await owes(what, signature, false)
  }
  await owes('a good signature after bad ones', good, true)
  await owes('a changed message', good, false, textNumber(302))
  await owes('a good signature after a changed message', good, true)
  // The token code looks at the text itself, unless it is told that there is no need.
  if (verifier.isTextExact === true) await isExact(bench, verifier)
}

async function isExact(bench: Bench, verifier: Verifier): Promise<void> {
  for (let number = 303; number < 307; number++) {
    const message = textNumber(number)
    const text = encodeBase64url(await goodSignature(bench, message))
    for (const [what, other] of otherTexts(text)) {
      if (other !== text)
        await textVerdict(bench, verifier, `${what}, by a verifier whose isTextExact is true,`, utf8(message), other, false)
    }
  }
}

/** Texts that lax decoders take for the same bytes. */
function otherTexts(text: string): readonly (readonly [string, string])[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(text.at(-1)!)
  return [
    ['a signature with padding', text + '='.repeat((4 - (text.length % 4)) % 4)],
    ['a signature in the alphabet of base64', text.replaceAll('-', '+').replaceAll('_', '/')],
    ['a signature whose unused bits are not zero', text.length % 4 === 0 ? text : text.slice(0, -1) + alphabet[last | 1]!],
    ['a signature with a line break after it', `${text}\n`],
    ['a signature with a space before it', ` ${text}`],
    ['a signature with a dot in it', `${text.slice(0, 9)}.${text.slice(9)}`],
  ]
}

async function textVerdict(
  bench: Bench,
  verifier: Verifier,
  what: string,
  message: string,
  signature: string,
  expected: boolean,
): Promise<void> {
  const outcome = await bench.call(verifier.mode, `verifyText of ${what}`, () => verifier.verifyText!(message, signature))
  demand('value' in outcome && outcome.value === expected, `verifyText of ${what} did not answer ${expected}`)
}
