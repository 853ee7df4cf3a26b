// Preloaded into a child: when its parent is gone (even by kill -9) it stops like on SIGTERM.
const parent = process.ppid

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
}, 500).unref()
