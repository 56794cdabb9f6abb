import { useState } from 'react'
import { JoinForm, type Visit } from './join-form'
import { Room } from './room'

/** Being in a room is showing it: when `<Room>` goes, its place in the room is given up. */
export function App() {
  const [visit, setVisit] = useState<Visit>({ name: '', room: 'lobby' })
  const [isIn, setIsIn] = useState(false)

  function join(wanted: Visit) {
    setVisit(wanted)
    setIsIn(true)
  }

  return isIn ? <Room visit={visit} onLeave={() => setIsIn(false)} /> : <JoinForm visit={visit} onJoin={join} />
}
