// A floor: the same with bare connections. Those in the room make the offers, as with ours.
import { picture } from './picture'
import { newCertificate, RawMember } from './raw-member'
import { firstFrame } from './timing'

window.newcomerPage = {
  fill: async ({ port, room, members, slots }) => {
    const [certificate, media] = [await newCertificate(), new MediaStream([picture()])]
    const url = `ws://127.0.0.1:${port}/${room}`
    const all = Array.from(
      { length: members },
      (_, index) => new RawMember({ url, name: `member-${index}`, slots, media, certificate }),
    )
    await Promise.all(all.map(({ opened }) => opened))
  },
  come: async ({ port, room, members, slots }) => {
    const began = performance.now()
    const certificate = await newCertificate()
    const frames: Promise<number>[] = []
    await new Promise<void>((resolve) => {
      const newcomer = new RawMember({
        url: `ws://127.0.0.1:${port}/${room}`,
        name: 'newcomer',
        slots,
        media: undefined,
        certificate,
        onLinked: ({ camera }) => {
          if (camera) frames.push(firstFrame(new MediaStream([camera])))
          if (frames.length === members) resolve()
        },
      })
      newcomer.join()
    })
    return Math.max(...(await Promise.all(frames))) - began
  },
}
