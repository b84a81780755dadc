// What a runtime makes of the package's conditional exports by itself, without a bundler. Prints one line of JSON.
import * as main from 'signet-jwt'
import * as core from 'signet-jwt/core'
import * as noble from 'signet-jwt/noble'
import * as node from 'signet-jwt/node'
import * as unverified from 'signet-jwt/unverified'
import * as webcrypto from 'signet-jwt/webcrypto'
import { look } from './look.cjs'

look({ main, core, noble, node, unverified, webcrypto })
