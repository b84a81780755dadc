// A STAND-IN: the Google Cloud KMS stand-in over gRPC, with the service definition of the SDK. No vendor's code but that definition.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const methods = {
  GetPublicKey: ({ name }) => ['GET', `${name}/publicKey`],
  AsymmetricSign: ({ name }) => ['POST', `${name}:asymmetricSign`],
  MacSign: ({ name }) => ['POST', `${name}:macSign`],
  MacVerify: ({ name }) => ['POST', `${name}:macVerify`],
  ListCryptoKeyVersions: ({ parent }) => ['GET', `${parent}/cryptoKeyVersions`],
}

/** Protobuf's wrapper of a number is bare digits in the REST form that the stand-in speaks. */
function toRest(message) {
  return Object.fromEntries(
    Object.entries(message).map(([member, value]) => [
      member,
      value && typeof value === 'object' && 'value' in value ? value.value : value,
    ]),
  )
}

function fromRest(answer) {
  return Object.fromEntries(
    Object.entries(answer).map(([member, value]) => [member, member.endsWith('Crc32c') && typeof value === 'string' ? { value } : value]),
  )
}

export async function serveGrpc(stand, { grpc, protobuf, folder }) {
  const protos = createRequire(join(folder, 'package.json'))('@google-cloud/kms/build/protos/protos.json')
  const service = protobuf.Root.fromJSON(protos).lookupService('google.cloud.kms.v1.KeyManagementService').resolveAll()
  let abandoned = 0
  const definition = {}
  const handlers = {}
  for (const [name, route] of Object.entries(methods)) {
    const { resolvedRequestType: Request, resolvedResponseType: Answer } = service.methods[name]
    definition[name] = {
      path: `/google.cloud.kms.v1.KeyManagementService/${name}`,
      requestStream: false,
      responseStream: false,
      requestDeserialize: (bytes) => Request.toObject(Request.decode(bytes), { bytes: String, longs: String, enums: String }),
      requestSerialize: (value) => value,
      responseSerialize: (value) => Buffer.from(Answer.encode(Answer.fromObject(value)).finish()),
      responseDeserialize: (value) => value,
    }
    handlers[name] = (call, respond) => {
      const [method, path] = route(call.request)
      const { status, body, end } = stand.answer({ method, path: `/v1/${path}`, headers: {}, body: toRest(call.request) })
      if (end === 'never') call.on('cancelled', () => abandoned++)
      else if (end === 'truncated') respond({ code: grpc.status.UNAVAILABLE, details: 'connection dropped by the stand-in' })
      else if (status !== 200) respond({ code: grpc.status[body.error.status], details: body.error.message })
      else respond(null, fromRest(body))
    }
  }
  const server = new grpc.Server()
  server.addService(definition, handlers)
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, at) => (error ? reject(error) : resolve(at))),
  )
  return { port, abandoned: () => abandoned, close: async () => server.forceShutdown() }
}
