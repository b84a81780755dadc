// A program that imports one thing and prints how long that took: `<specifier> <wall | cpu>`. It imports nothing itself.
const [specifier, clock] = process.argv.slice(-2)
const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const now = clock === 'cpu' ? processorTime : () => performance.now()
const start = now()
await import(specifier)
process.stdout.write(String(now() - start))
