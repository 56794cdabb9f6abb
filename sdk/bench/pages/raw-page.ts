// A floor: bare connections and a bare socket, for two.
import type { JoinTarget } from './join-page'
import { RawLink, type RawSignal } from './raw-link'
import { openRelay } from './relay'
import { capture, media, timed } from './timing'

type Signal = RawSignal & { readonly isJoin?: true }

const optionsOf = ({ raw }: JoinTarget, send: (signal: RawSignal) => void) => ({
  slots: raw?.slots ?? 'one track',
  media: media(),
  send,
})

window.joinPage = {
  capture,
  host: async (target) => {
    let link: RawLink | undefined
    const relay = openRelay<Signal>(urlOf(target), (signal) => {
      link ??= new RawLink(optionsOf(target, relay.send))
      void (signal.isJoin ? link.offer() : link.receive(signal))
    })
    await relay.opened
  },
  join: (target) =>
    timed((seen) => {
      const relay = openRelay<Signal>(urlOf(target), async (signal) => {
        await link.receive(signal)
        if (signal.description && link.camera) seen(new MediaStream([link.camera]))
      })
      const link = new RawLink(optionsOf(target, relay.send))
      // The offer is made while the socket opens.
      if (target.raw?.offerer === 'newcomer') void link.offer()
      else relay.send({ isJoin: true })
    }),
}

const urlOf = ({ port, room }: JoinTarget): string => `ws://127.0.0.1:${port}/${room}`
