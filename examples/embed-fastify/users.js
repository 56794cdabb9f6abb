// Who may log in. Yours come from a database, with hashed passwords.
const users = [
  { id: 'user-1', name: 'Ada', password: 'engine', isTeacher: true },
  { id: 'user-2', name: 'Ben', password: 'kite', isTeacher: false },
]

/** @param {unknown} id */
export const findUser = (id) => users.find((user) => user.id === id)

/** @param {unknown} name @param {unknown} password */
export const logIn = (name, password) => users.find((user) => user.name === name && user.password === password)
