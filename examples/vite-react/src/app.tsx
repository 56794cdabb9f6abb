import { useState } from 'react'
import { JoinForm, type Visit } from './join-form'
import { Room } from './room'

/** While `<Room>` is mounted the client is in the room; unmounting it leaves the room. */
export function App() {
  const [visit, setVisit] = useState<Visit>({ name: '', room: 'lobby' })
  const [isIn, setIsIn] = useState(false)

  function join(wanted: Visit) {
    setVisit(wanted)
    setIsIn(true)
  }

  return isIn ? <Room visit={visit} onLeave={() => setIsIn(false)} /> : <JoinForm visit={visit} onJoin={join} />
}
