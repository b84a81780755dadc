// The arrows of docs/ARCHITECTURE.md, as rules. `from` may import only what is listed.
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    layer('core-imports-nothing', '^src/core/', '^src/core/'),
    layer('algorithms-import-core', '^src/algorithms/', '^src/(core|algorithms)/'),
    layer('keys-import-algorithms', '^src/keys/', '^src/(core|algorithms|keys)/'),
    layer('jwt-imports-no-backend', '^src/jwt/', '^src/(core|algorithms|jwt)/|^src/keys/(backend|key)\\.ts$'),
    layer('jwks-imports-keys', '^src/jwks/', '^src/(core|algorithms|keys|jwks)/'),
    layer('api-imports-no-backend', '^src/api/', '^src/(core|algorithms|keys|jwt|jwks|api)/'),
    layer('backends-import-keys', '^src/backends/', '^src/(core|algorithms|keys|backends)/'),
    {
      name: 'backends-never-each-other',
      severity: 'error',
      from: { path: '^src/backends/([^/]+)/' },
      to: { path: '^src/backends/[^/]+/', pathNot: '^src/backends/$1/' },
    },
    { name: 'noble-only-in-its-backend', severity: 'error', from: { pathNot: '^src/backends/noble/' }, to: { path: '@noble/' } },
    {
      name: 'node-only-in-its-backend',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/backends/node/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-dev-deps', severity: 'error', from: { path: '^src' }, to: { dependencyTypes: ['npm-dev'] } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|reports)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
