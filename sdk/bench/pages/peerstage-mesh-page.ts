// Ours: a client for each.
import { linked } from './linked'

window.meshPage = {
  connect: async ({ port, room, tokens, members }) => {
    const began = performance.now()
    const clients = tokens.map(
      (token) => new window.Peerstage.LiveStreamClient({ url: `ws://127.0.0.1:${port}`, room, token, iceServers: [] }),
    )
    const [host, ...guests] = clients
    await host?.join()
    await Promise.all(guests.map((guest) => guest.join()))
    await linked(clients, ({ links }) => links.map(({ state }) => state), members)
    return performance.now() - began
  },
}
