// Prints the closing line `N passed, N failed` from vitest's JSON report and fails when anything failed or nothing ran.
import { readFileSync } from 'node:fs'

const { numPassedTests, numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = numTotalTests - numPassedTests - numFailedTests
console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = success && numPassedTests > 0 ? 0 : 1
