// A floor: the same with bare connections. All are there before the first offer.
import { linked } from './linked'
import { newCertificate, RawMember } from './raw-member'

window.meshPage = {
  connect: async ({ port, room, members, slots }) => {
    const began = performance.now()
    const certificate = await newCertificate()
    const url = `ws://127.0.0.1:${port}/${room}`
    const nameOf = (index: number): string => `member-${index}`
    const all = Array.from(
      { length: members },
      (_, index) => new RawMember({ url, name: nameOf(index), slots, media: undefined, certificate }),
    )
    await Promise.all(all.map(({ opened }) => opened))
    for (const [index, member] of all.entries()) {
      for (let other = index + 1; other < members; other++) void member.offerTo(nameOf(other))
    }
    await linked(all, ({ links }) => [...links.values()].map(({ pc }) => pc.connectionState), members)
    return performance.now() - began
  },
}
