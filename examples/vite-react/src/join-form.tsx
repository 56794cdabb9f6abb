export type Visit = { name: string; room: string }

type Props = { visit: Visit; onJoin: (visit: Visit) => void }

export function JoinForm({ visit, onJoin }: Props) {
  function submit(data: FormData) {
    onJoin({ name: String(data.get('name')).trim(), room: String(data.get('room')) })
  }

  return (
    <main className="card">
      <h1>Join a room</h1>
      <form action={submit}>
        <label>
          Your name
          <input
            name="name"
            defaultValue={visit.name}
            required
            pattern=".*\S.*"
            maxLength={128}
            autoComplete="nickname"
          />
        </label>
        <label>
          Room
          <input
            name="room"
            defaultValue={visit.room}
            required
            pattern="[\w\-]{1,64}"
            title="Letters, digits, _ and -"
          />
        </label>
        <button type="submit" className="primary">
          Join
        </button>
      </form>
    </main>
  )
}
