// As entries.mjs, by require().
const main = require('signet-jwt')
const core = require('signet-jwt/core')
const noble = require('signet-jwt/noble')
const node = require('signet-jwt/node')
const unverified = require('signet-jwt/unverified')
const webcrypto = require('signet-jwt/webcrypto')
const { look } = require('./look.cjs')

look({ main, core, noble, node, unverified, webcrypto })
