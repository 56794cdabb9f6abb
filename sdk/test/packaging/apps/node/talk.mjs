/** A server and two clients in one process: a greeting goes through the room. Everything is closed, so that the process ends. */
export async function talk({ createPeerstageServer, LiveStreamClient, WebSocket }) {
  const server = createPeerstageServer({ dev: true, logLevel: 'silent' })
  const address = await server.listen(0)
  const url = `http://localhost:${address.port}`
  const [ada, bea] = ['Ada', 'Bea'].map((name) => new LiveStreamClient({ url, room: 'packaging', name, WebSocket }))
  await Promise.all([ada.join(), bea.join()])
  const heard = new Promise((resolve) => bea.on('message', ({ message }) => resolve(message.text)))
  await ada.chat.send('hello')
  console.log(`${await heard} on Node ${process.versions.node.split('.')[0]}`)
  await Promise.all([ada.leave(), bea.leave()])
  await server.close()
}
