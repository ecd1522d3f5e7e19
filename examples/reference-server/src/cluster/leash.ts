// Loaded before the server, by the process that started it. The input ends with that process, however that ends: then this one, which
// nobody supervises or could stop any more, ends as it does when it is told to.
process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume()
